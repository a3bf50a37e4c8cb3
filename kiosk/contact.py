"""A contact with the centre: what its answer to a hello says, and writing the contact down (RULES, "How it is computed", 1)."""

from kiosk import device
from kiosk.app import Kiosk
from kiosk.clock import Reading
from kiosk.doors import Fields
from kiosk.log import appending
from kiosk.proofs import TIME_WORD, TimeWord
from sync import contact, steps
from sync.ids import EntryHash, LogId


def welcome_of(reply: Fields, before: Reading, after: Reading) -> steps.Welcome:
    """Give the answer to a hello as the conversation takes it. before, after: the clocks around it."""
    place = reply["place"] or {"statement": "", "signature": ""}
    return steps.Welcome(
        reply["time"]["statement"],
        bytes.fromhex(reply["time"]["signature"]),
        [_held(part) for part in reply["ranges"]],
        reply["enrolled"],
        after.boot,
        before.mono_ms,
        after.mono_ms,
        place["statement"],
        bytes.fromhex(place["signature"]),
        {row["channel"]: row["number"] for row in reply["channels"]},
        reply["revoked"],
    )


def record(kiosk: Kiosk, log: LogId, facts: steps.AnchorFacts, time_text: str) -> int:
    """Append anchor and frontier; give the head's seq. Only a contact whose time was proved comes here."""
    with appending(kiosk.store, kiosk.clock) as writing:
        boot, mono, lead = writing.now.boot, writing.now.mono_ms, writing.now.lead_ms
        anchor = contact.anchor_entry(facts, boot=boot, mono_ms=mono, lead_ms=lead)
        upto = writing.add(anchor).seq
        head = writing.add(contact.frontier_entry(upto, boot=boot, mono_ms=mono, lead_ms=lead))
        middle = (facts.before_ms + facts.after_ms) // 2
        device.write(writing.db, "anchor", device.LastAnchor(boot, middle, facts.server_ms))
        device.write(writing.db, TIME_WORD, TimeWord(log, time_text, facts.signature))
    return head.seq


def _held(part: Fields) -> steps.Held:
    return steps.Held(part["first"], part["last"], EntryHash(bytes.fromhex(part["hash"])))
