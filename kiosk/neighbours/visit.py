"""Call one neighbour: show each other who we are, take what we lack, give what they lack. Replies before bundles.

Whoever calls does both ways, so that two kiosks of which only one knows the other's address have each other's. Stopping
anywhere loses nothing; the next call goes on.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from kiosk.doors import read_answer
from kiosk.errors import Stopped
from kiosk.limits import NEIGHBOUR_CALL_S_MAX, NEIGHBOUR_VISIT_PARTS_MAX
from kiosk.neighbours import parts, words
from kiosk.neighbours.listener import TOKEN_HEADER
from kiosk.neighbours.me import Me
from kiosk.neighbours.parts import Offer
from kiosk.neighbours.porch import FILE_KIND, GIVE, HELLO, JSON_KIND, OPEN, PATH, RELAY, TAKE
from kiosk.neighbours.shelf import take_in
from kiosk.transport import Limits, Reply, Transport
from schemas import envelopes, neighbour
from schemas.limits import BUNDLE_POST_BYTES_MAX, ENVELOPE_BYTES_MAX
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.neighbour import Member, greet, require_greeting, require_member

_LIMITS = Limits(
    connect_s=2.0,
    read_s=10.0,
    total_s=NEIGHBOUR_CALL_S_MAX,
    reply_bytes_max=BUNDLE_POST_BYTES_MAX + ENVELOPE_BYTES_MAX,
)
_log = structlog.get_logger("kiosk.neighbours")
Fields = dict[str, Any]


@dataclass(slots=True)
class Visited:
    """What became of a call. given, taken: parts; has_ours: it keeps our own bundle that lies ready. problem: "" for none."""

    address: str
    log: str = ""
    site: str = ""
    given: int = 0
    taken: int = 0
    has_ours: bool = False
    problem: str = ""


@dataclass(slots=True)
class Call:
    """One call. nonce: our own, new for this call; token: theirs; members: of whom they showed the centre's word.

    listed: what they hold.
    """

    me: Me
    transport: Transport
    nonce: bytes
    done: Visited
    token: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    listed: Fields = field(default_factory=dict)

    def ask(self, door: str, body: bytes, kind: str = JSON_KIND) -> Reply:
        """Ask at a door of the neighbour."""
        more = {TOKEN_HEADER: self.token} if self.token else {}
        return self.transport.post(f"{PATH}{door}", body, kind, more)

    def said(self, door: str, fields: Fields, schema: Any) -> Fields:
        """Ask in JSON."""
        return read_answer(self.ask(door, _json(fields)), schema)


@contextmanager
def calling(me: Me, address: str, *, nonce: bytes) -> Iterator[Call]:
    """Call a neighbour, and go as far as knowing each other and what it holds. Raise `Stopped`, `Refused`."""
    with Transport(f"http://{address}", _LIMITS, is_near=True) as transport:
        call = Call(me, transport, nonce, Visited(address))
        _greet(call)
        call.listed = _open(call)
        yield call


def relay(call: Call, hello: Fields) -> Fields | None:
    """Have our hello handed on; give the centre's answer, not yet trusted, or None where the neighbour does not reach it."""
    if not call.listed.get("reaches"):
        return None
    return call.said(RELAY, hello, envelopes.HelloReply())


def visit(
    me: Me, address: str, *, nonce: bytes, staged: bytes, limits: Limits = _LIMITS
) -> Visited:
    """Call the neighbour at `HOST:PORT`. staged: digest of our own bundle that lies ready, or none. Never raises for the other.

    nonce: 16 random bytes.
    """
    done = Visited(address)
    with Transport(f"http://{address}", limits, is_near=True) as transport:
        call = Call(me, transport, nonce, done)
        try:
            _exchange(call, staged)
        except (Stopped, Refused) as error:
            done.problem = str(error.code)
            _log.info("neighbour_failed", address=address, code=done.problem)
    return done


def _exchange(call: Call, staged: bytes) -> None:
    _greet(call)
    listed = _open(call)
    there = {part["digest"] for part in listed["parts"]}
    call.done.has_ours = bool(staged) and staged.hex() in there
    here = parts.offers(call.me)
    needless = {*_known_here(call.me), *(one.digest.hex() for one in here)}
    theirs = [part for part in listed["parts"] if part["digest"] not in needless]
    wanted = [part for part in theirs if _is_wanted(call.me, here, part)]
    wanted.sort(key=lambda part: part["kind"] == neighbour.BUNDLE)
    for part in wanted[:NEIGHBOUR_VISIT_PARTS_MAX]:
        _take(call, part["digest"])
    for one in _to_give(call, there | set(listed["known"]), listed["parts"]):
        _give(call, one, staged)


def _greet(call: Call) -> None:
    me = call.me
    said = call.said(HELLO, {"nonce": call.nonce.hex()}, neighbour.HelloReply())
    log = require_greeting(
        bytes.fromhex(said["key"]),
        words.word_of(said),
        centre=me.centre,
        nonce=call.nonce,
    )
    peer = require_member([words.word_of(said["place"])], log, server_key=me.server_key)
    if log in me.own:
        raise Refused(Code.UNKNOWN_LOG, "this kiosk itself")
    call.done.log, call.done.site, call.token = log, peer.site, said["nonce"]


def _open(call: Call) -> Fields:
    me = call.me
    text, signature = greet(me.key, centre=me.centre, nonce=bytes.fromhex(call.token))
    asked = {
        "key": me.key.public_key().public_bytes_raw().hex(),
        "statement": text,
        "signature": signature.hex(),
        "places": [words.signed(word) for word in words.shown(me, words.kept(me))],
    }
    listed = call.said(OPEN, asked, neighbour.OpenReply())
    shown = [words.word_of(place) for place in listed["places"]]
    call.members = words.members(shown, me.server_key)
    return listed


def _take(call: Call, digest: str) -> None:
    """Take one part; what is refused, or has no room, stops no other."""
    reply = call.ask(TAKE, _json({"digest": digest}))
    if reply.status != 200 or reply.kind != FILE_KIND:
        _problem(call, reply)
        return
    try:
        is_kept = take_in(call.me, call.members, io.BytesIO(reply.body), by=call.done.log)
        words.keep(call.me, call.members)
        call.done.taken += is_kept
    except (Stopped, Refused) as error:
        call.done.problem = str(error.code)


def _give(call: Call, one: Offer, staged: bytes) -> None:
    try:
        body = one.file.read_bytes()
    except OSError:
        return  # delivered meanwhile, or replaced
    reply = call.ask(GIVE, body, FILE_KIND)
    if reply.status != 200:
        _problem(call, reply)
        return
    is_kept = read_answer(reply, neighbour.GiveReply())["kept"]
    call.done.given += is_kept
    call.done.has_ours |= bool(is_kept) and one.digest == staged


def _problem(call: Call, reply: Reply) -> None:
    """Note what a neighbour would not do; if it is busy, or no neighbour at all, the call ends."""
    try:
        read_answer(reply, envelopes.Problem())
    except Stopped as error:
        if error.later or error.code == Code.STALE_PROOF:
            raise
        call.done.problem = error.code


def _is_wanted(me: Me, here: list[Offer], part: Fields) -> bool:
    """Tell whether a part that is not here is of use: of replies, those for us, or for whom we carry something."""
    if part["log"] in me.own:
        return bool(part["kind"] == neighbour.REPLY)
    if part["kind"] == neighbour.BUNDLE:
        return True
    held = [one for one in here if one.log == part["log"]]
    newest = max((one.server_ms for one in held if one.kind == neighbour.REPLY), default=-1)
    return bool(part["server_ms"] > newest and held)


def _to_give(call: Call, needless: set[str], listed: list[Fields]) -> list[Offer]:
    """Choose what a neighbour lacks: no bundles of its own, no reply older than what it has or for whom it carries nothing."""
    me, peer = call.me, call.done.log
    shown = {*words.kept(me), *me.own}
    newest = {p["log"]: p["server_ms"] for p in listed if p["kind"] == neighbour.REPLY}
    concerned = {p["log"] for p in listed}
    found = []
    for one in parts.offers(me):
        if one.digest.hex() in needless or one.log not in shown:
            continue
        is_own_bundle = one.kind == neighbour.BUNDLE and one.log == peer
        is_old = one.kind == neighbour.REPLY and one.server_ms <= newest.get(one.log, -1)
        is_idle = one.kind == neighbour.REPLY and one.log not in {*concerned, peer}
        if not (is_own_bundle or is_old or is_idle):
            found.append(one)
    return found[:NEIGHBOUR_VISIT_PARTS_MAX]


def _known_here(me: Me) -> set[str]:
    return {digest.hex() for digest in parts.known(me.home)}


def _json(fields: Fields) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()
