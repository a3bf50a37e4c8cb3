"""The field guide quotes the words of the screen, and its pictures are there, small, and drawn by a script."""

import re

import pytest

from kiosk.web.words import DEFAULT, words
from tests.docs.make_limits import ROOT

GUIDE = (ROOT / "docs" / "field-guide.zh-CN.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"\]\((pictures/[\w-]+\.png)\)", GUIDE)
PICTURE_BYTES_MAX = 60_000


@pytest.mark.parametrize(
    "key",
    [
        "start", "typed", "undo", "turn.out", "mode.auto", "mode.in", "mode.out", "large", "language", "answer.in", "answer.out",
        "answer.again.in", "answer.again.out", "answer.check", "answer.problem", "sync.now", "setup.scan", "stopped.title",
        "lead.title", "lead.leave", "lead.forgot_pin", "walk_in.title", "walk_in.go", "by_hand.title", "by_hand.now",
        "by_hand.then",
        "still_here.title", "still_here.now", "still_here.stays", "paper.title", "gear.title", "gear.out", "gear.back",
        "handover.title", "journal.title", "journal.void", "stick.title", "stick.export", "settings.title", "settings.post",
        "settings.card", "settings.leads", "settings.end", "settings.wipe",
        "settings.near", "settings.near.on", "card.seen", "warned.lead", "warned.title", "slip",
    ],
)  # fmt: skip
def test_what_a_lead_reads_on_the_screen_is_in_the_guide(key: str) -> None:
    assert words(DEFAULT)[key] in GUIDE


@pytest.mark.parametrize("key", [key for key in words(DEFAULT) if key.startswith("concern.")])
def test_every_concern_is_explained(key: str) -> None:
    beginning = re.split(r"[，：。（{]", words(DEFAULT)[key])[0].strip()
    if key not in ("concern.demo", "concern.silent", "concern.sync_failing", "concern.never_synced"):  # fmt: skip
        assert beginning in GUIDE, beginning


def test_its_pictures_are_there_and_small() -> None:
    assert PICTURES
    for name in PICTURES:
        assert 0 < (ROOT / "docs" / name).stat().st_size < PICTURE_BYTES_MAX, name
    drawn = {f"pictures/{file.name}" for file in (ROOT / "docs" / "pictures").glob("kiosk-*.png")}
    assert drawn == set(PICTURES)
