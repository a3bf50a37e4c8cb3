"""Lines for whoever looks after the kiosk, as JSON on standard error: control characters are escaped, no personal data."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Write lines from this level on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
