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


def target() -> Target:
    """Give the scan that the page names."""
    fields = body({"log": str, "seq": int, "hash": str})
    sound = fullmatch(r"[0-9a-f]{64}", fields["hash"]) and 0 < fields["seq"] < 2**53
    if not sound:
        raise Stopped(Trouble.WRONG_USAGE, "seq or hash")
    return Target(fields["log"], fields["seq"], bytes.fromhex(fields["hash"]))
