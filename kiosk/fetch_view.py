"""Fetch the kiosk's view, prove it, put it in place of the one before."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from kiosk import device
from kiosk.doors import Doors
from kiosk.errors import Stopped
from kiosk.store import Store
from kiosk.view import View, apply_changes, changes
from schemas.envelopes import ViewContent
from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from sync.ids import LogId
from sync.session import FetchView


def fetch_view(
    store: Store,
    doors: Doors,
    enrolment: device.Enrolment,
    *,
    log: LogId,
    nonce: bytes,
    wish: FetchView,
) -> None:
    """Fetch and store the view. Raise `Stopped`: `not_our_server` if its content is not signed by the pinned key."""
    text = statement.write("view", log=log, nonce=nonce, server_ms=wish.server_ms, proof=wish.proof)
    reply = doors.view(text)
    content = reply["content"].encode("utf-8", "surrogatepass")
    digest = _require_signed(reply, enrolment, log, content)
    view = _read(content)
    found = changes(store.db, view)
    with store.write() as db:
        apply_changes(db, found)
        device.write(db, "sync", replace(device.read_sync(db), view=digest))
        here = replace(enrolment, site=view.site, site_name=view.site_name, post=view.post)
        device.write(db, "enrolment", here)


def _require_signed(
    reply: dict[str, Any], enrolment: device.Enrolment, log: LogId, content: bytes
) -> str:
    digest = hashlib.sha256(content).hexdigest()
    try:
        signature = bytes.fromhex(reply["signature"])
        statement.require_signed(enrolment.server_key, reply["statement"], signature)
        fields = statement.read(reply["statement"], "view_content")
    except Refused as error:
        raise Stopped(Code.NOT_OUR_SERVER, "view") from error
    if fields["log"] != log or fields["digest"] != digest:
        raise Stopped(Code.NOT_OUR_SERVER, "view")
    return digest


def _read(content: bytes) -> View:
    try:
        fields = ViewContent().load(json.loads(content))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Stopped(Code.NOT_AN_ANSWER, "view", later=True) from error
    keys = {bytes.fromhex(key["id"]): bytes.fromhex(key["key"]) for key in fields["badge_keys"]}
    revoked: dict[str, int] = {}
    for row in fields["revoked"]:
        revoked[row["number"]] = max(row["serial"], revoked.get(row["number"], -1))
    return View(
        fields["site"],
        fields["site_name"],
        fields["post"] or "",
        keys,
        revoked,
        frozenset(fields["roster"]),
    )
