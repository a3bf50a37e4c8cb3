"""A contact: the server's time, proved, and the entries that keep it in the log (`anchor`, `frontier`)."""

from schemas.entry import Anchor, Frontier
from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from sync.ids import LogId
from sync.steps import AnchorFacts, Identity, Welcome


def prove_time(identity: Identity, welcome: Welcome, nonce: bytes) -> AnchorFacts:
    """Check that the pinned server signed its time for this log and this nonce. Raise `Refused(not_our_server)`."""
    try:
        statement.require_signed(identity.server_key, welcome.statement, welcome.signature)
        fields = statement.read(welcome.statement, "time")
        server_ms = statement.integer(fields["server_ms"])
    except Refused as error:
        raise Refused(Code.NOT_OUR_SERVER, "time not signed by the server of enrolment") from error
    if fields["log"] != identity.log or fields["nonce"] != nonce.hex():
        raise Refused(Code.NOT_OUR_SERVER, "an answer to another question")
    return AnchorFacts(
        fields["epoch"],
        nonce,
        server_ms,
        welcome.before_ms,
        welcome.after_ms,
        welcome.signature,
    )


def anchor_text(anchor: Anchor, log: LogId) -> str:
    """Give the time statement whose signature an anchor entry carries."""
    return statement.write(
        "time", epoch=anchor.epoch, log=log, nonce=anchor.nonce, server_ms=anchor.server_ms
    )


def anchor_entry(facts: AnchorFacts, *, boot: bytes, mono_ms: int, lead_ms: int) -> Anchor:
    """Make the entry of a contact, stamped with the clocks of the moment it is written."""
    return Anchor(
        boot,
        mono_ms,
        lead_ms,
        facts.epoch,
        facts.nonce,
        facts.server_ms,
        facts.before_ms,
        facts.after_ms,
        facts.signature,
    )


def frontier_entry(upto: int, *, boot: bytes, mono_ms: int, lead_ms: int) -> Frontier:
    """Make the entry that says: everything until now is in this log, up to seq `upto`."""
    return Frontier(boot, mono_ms, lead_ms, upto)
