"""What the page sends: JSON objects with known fields of known kinds. Anything else is `wrong_usage`, and nothing happens."""

from collections.abc import Mapping
from re import fullmatch
from typing import Any

from flask import request

from kiosk.errors import Stopped, Trouble
from kiosk.undo import Target


def body(kinds: Mapping[str, type]) -> dict[str, Any]:
    """Give the fields of the request, exactly these. Raise `Stopped(wrong_usage)`."""
    fields = request.get_json(silent=True)
    if not isinstance(fields, dict) or set(fields) != set(kinds):
        raise Stopped(Trouble.WRONG_USAGE, "fields")
    for name, kind in kinds.items():
        if type(fields[name]) is not kind:
            raise Stopped(Trouble.WRONG_USAGE, name)
    return fields


_TARGET = {"log": str, "seq": int, "hash": str}


def target() -> Target:
    """Give the entry that the page names, and nothing else."""
    return _target(body(_TARGET))


def target_and(name: str) -> tuple[Target, str]:
    """Give the entry that the page names, and a text of this name."""
    fields = body({**_TARGET, name: str})
    return _target(fields), fields[name]


def _target(fields: Mapping[str, Any]) -> Target:
    sound = fullmatch(r"[0-9a-f]{64}", fields["hash"]) and 0 < fields["seq"] < 2**53
    if not sound:
        raise Stopped(Trouble.WRONG_USAGE, "seq or hash")
    return Target(fields["log"], fields["seq"], bytes.fromhex(fields["hash"]))
