"""Whose successor a log is: only the predecessor's key can say so, and only for one successor."""

import msgspec
import pytest

from schemas.entry import Succeed
from sync.ids import EntryHash, LogId, log_id
from sync.succession import is_proved, succeed_entry
from tests.sync.builders import make_key, public_of

OLD, NEW = make_key("old"), LogId("b" * 32)
CLOCKS = {"boot": bytes(8), "mono_ms": 1, "lead_ms": 2}
ENTRY = succeed_entry(OLD, (7, EntryHash(bytes(32))), NEW, **CLOCKS)  # type: ignore[arg-type] # the clocks


def test_the_predecessor_names_its_successor() -> None:
    assert (ENTRY.log, ENTRY.seq, ENTRY.hash) == (log_id(public_of(OLD)), 7, bytes(32))
    assert is_proved(ENTRY, NEW, public_of(OLD))


@pytest.mark.parametrize(
    "changes", [{"seq": 8}, {"hash": bytes(31) + b"x"}, {"signature": bytes(64)}, {"log": "c" * 32}]
)
def test_what_was_altered_proves_nothing(changes: dict[str, object]) -> None:
    altered: Succeed = msgspec.structs.replace(ENTRY, **changes)
    assert not is_proved(altered, NEW, public_of(OLD))


def test_another_log_cannot_take_it_over() -> None:
    assert not is_proved(ENTRY, LogId("c" * 32), public_of(OLD))


def test_another_key_proves_nothing() -> None:
    assert not is_proved(ENTRY, NEW, public_of(make_key("rogue")))
