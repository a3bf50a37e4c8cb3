"""A PIN: what opens it, and what a try costs whoever has the whole device."""

import pytest

from kiosk.errors import Stopped
from kiosk.lead import pins

CHANCE = bytes(range(pins.SALT_BYTES + pins.NONCE_BYTES))
KEY = b"k" * pins.KEY_BYTES


def test_a_pin_opens_what_it_sealed_for_its_lead_and_nothing_else() -> None:
    wrapped = pins.wrap("2580-13", "L1", KEY, CHANCE)
    assert pins.unwrap("2580-13", "L1", wrapped) == KEY
    for pin, who in (("2580-14", "L1"), ("2580-13", "L2"), ("", "L1")):
        with pytest.raises(Stopped, match="wrong_pin"):
            pins.unwrap(pin, who, wrapped)


def test_in_earnest_each_try_takes_32_mib_and_nothing_cheaper_opens(
    cost_in_earnest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 7914: scrypt takes 128 · N · r bytes. Tests alone make it cheaper."""
    assert 128 * cost_in_earnest * pins.BLOCK == 32 * 1024**2
    with monkeypatch.context() as patched:
        patched.setattr(pins, "COST", cost_in_earnest)
        wrapped = pins.wrap("2580-13", "L1", KEY, CHANCE)
        assert pins.unwrap("2580-13", "L1", wrapped) == KEY
    with pytest.raises(Stopped, match="wrong_pin"):
        pins.unwrap("2580-13", "L1", wrapped)
