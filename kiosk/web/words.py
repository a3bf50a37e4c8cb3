"""The words of the screen: one catalogue a language, for Python and the browser alike.

Chinese and English have every word; Japanese, Korean and French what a volunteer sees (the part `volunteer`), and otherwise
Chinese, which is what the lead reads.
"""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
DEFAULT = "zh-CN"
LANGUAGES = {"zh-CN": "中文", "en": "English", "ja": "日本語", "ko": "한국어", "fr": "Français"}
WHOLE = ("zh-CN", "en")
"""Languages that have the words of the lead too."""


@cache
def words(language: str) -> dict[str, str]:
    """Give all words of a language, by key."""
    parts = read_parts(language)
    behind = {} if language == DEFAULT else words(DEFAULT)
    return {**behind, **parts["volunteer"], **parts.get("lead", {})}


def read_parts(language: str) -> dict[str, dict[str, str]]:
    """Read a catalogue: its parts `volunteer` and `lead`, each by key."""
    parts: dict[str, dict[str, str]] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return parts
