"""Lines for whoever looks after the server, as JSON on standard error: control characters are escaped, no personal data.

An error is named by its type and by where it was raised; its words and the values at hand could be anybody's, and stay out.
"""

import logging
import sys
import traceback
from pathlib import Path

import structlog

FRAMES_MAX = 30
"""Places named of one error, from where it was raised outwards."""


def configure(level: str) -> None:
    """Write lines from this level on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def places(error: BaseException) -> list[str]:
    """Say where an error was raised, innermost first: file, line and function, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames)]
