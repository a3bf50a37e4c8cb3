"""What a decision saw, as one hash: the same facts give the same, and a fact that matters to a record changes it.

The derivation never changes, because decisions that are made carry its result; another one would get another tag.
"""

from collections.abc import Iterable
from hashlib import sha256

from server.reconcile.facts import Piece, Reconciled, Record
from server.reconcile.minutes import minute_of

_TAG = b"redvest-evidence-1"


def evidence_of(records: Iterable[Record]) -> bytes:
    """Give the 32 bytes that stand for what these records rest on: the record decided, and the others that were looked at.

    Of each: its id, the minutes it begins and ends at, and the entries it rests on (`Record.entries`). What rules made of them
    is left out: a policy that changes is not evidence.
    """
    whole = sha256(_TAG)
    for record in sorted(records, key=lambda record: record.id):
        end = "" if record.out_ms is None else minute_of(record.out_ms)
        whole.update(f"\n{record.site} {minute_of(record.in_ms)} {end}\n".encode())
        whole.update(record.id + b"".join(record.entries))
    return whole.digest()


def pieces_of(meaning: Reconciled, record: Record) -> list[Piece]:
    """Give the minutes of a record as intervals."""
    return [piece for piece in meaning.pieces if piece.record == record.id]
