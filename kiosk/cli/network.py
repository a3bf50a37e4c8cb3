"""The commands that talk to a server: one sync at a time per home, scans go on meanwhile."""

from collections.abc import Sequence
from dataclasses import asdict

from kiosk import device, logs
from kiosk.app import Kiosk
from kiosk.cli.neighbours import call_lines, data_of
from kiosk.cli.output import Answer, Exit, problem, say
from kiosk.config import read_config
from kiosk.deliver import Delivered, deliver
from kiosk.doors import Doors
from kiosk.errors import Stopped
from kiosk.join import join, open_doors
from kiosk.neighbours.rounds import Round, go_round
from kiosk.syncer import Synced
from kiosk.syncer import sync as hold
from kiosk.transport import Limits, Transport
from sync.enrolment import EnrolmentCode

_DIVERGED = (
    "本机像是被复制或恢复过，已另开新日志，请告知管理员 / "
    "this kiosk looks like a copy or was restored; it goes on in a new log: tell the centre"
)

_REVOKED = (
    "中心已注销本机日志：记录照常收存，但暂不计时；请联系中心，用别的设备继续 / "
    "the centre revoked this log: what it records is kept, and does not count. Call the centre; go on with another device"
)


def enrol(kiosk: Kiosk, code: EnrolmentCode, *, url: str, post: str) -> Answer:
    """Enrol and sync; at once done if this very enrolment is complete."""
    logs.configure(read_config().log_level)
    done = join(kiosk, code, url=url, post=post)
    status = Exit.DONE if done is None else _status(done)
    found = device.require_enrolment(kiosk.store.db)
    data = {
        "enrolled": True,
        "log": device.require_identity(kiosk.store).log,
        "site": found.site,
        "site_name": found.site_name,
        "post": found.post,
        "server": found.url,
    }
    text = f"登记成功 ✓ Enrolled  {found.site}  {found.site_name}  {found.post}"
    return Answer(data, text.rstrip(), status)


def sync(kiosk: Kiosk, found: Sequence[str] = ()) -> Answer:
    """Sync now: with the centre, and with neighbours, whether the centre can be reached or not.

    found: addresses of neighbours. They come before what is carried is delivered, and once more when that was.
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    logs.configure(read_config().log_level)
    with open_doors(kiosk, enrolment.url) as doors:
        try:
            done = hold(kiosk, doors)
        except Stopped as error:
            return _only_neighbours(error, go_round(kiosk, found))
        met = go_round(kiosk, found)
        carried = deliver(kiosk, doors)
        if carried.bundles and met.calls:
            go_round(kiosk, found)
    data = _data(done) | {"carried": asdict(carried), "neighbours": data_of(met)["calls"]}
    lines = [_text(done) + _carried_text(carried), *call_lines(met.calls)]
    return Answer(data, "\n".join(lines), _status(done))


def _only_neighbours(error: Stopped, met: Round) -> Answer:
    """Say that the sync failed, as ever, and what neighbours keep all the same. Raise the error where there are none."""
    if not met.calls:
        raise error
    found = problem(error.code, error.detail, later=error.later)
    said = {"code": found.code, "message": found.message}
    say(found.message)
    text = "\n".join(call_lines(met.calls))
    return Answer({"error": said, "neighbours": data_of(met)["calls"]}, text, found.status)


def reach(enrolment: device.Enrolment) -> str:
    """Try the server; give the code of what went wrong, "" if it is the one of enrolment."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    nobody = Ed25519PrivateKey.from_private_bytes(bytes(32))  # asking for keys signs nothing
    try:
        with Transport(enrolment.url, Limits(read_s=5, total_s=10)) as transport:
            keys = Doors(transport, nobody).keys()
    except Stopped as error:
        return error.code
    return "" if keys["key"] == enrolment.server_key.hex() else "not_our_server"


def _carried_text(carried: Delivered) -> str:
    if not carried.bundles and not carried.left:
        return ""
    return (
        f"\n已代传 {carried.bundles}，剩 {carried.left} / "
        f"delivered for other kiosks {carried.bundles}, left {carried.left}"
    )


def _data(done: Synced) -> dict[str, object]:
    outcome = done.outcome
    return {
        "log": done.log,
        "pushed": outcome.pushed,
        "batches": outcome.batches,
        "set_aside": [{"last": part.last, "code": part.code} for part in outcome.set_aside],
        "pending": done.pending,
        "enrolled": outcome.enrolled,
        "diverged_at": outcome.diverged_at,
        "revoked": outcome.revoked,
        "refilled": done.refilled,
        "server_ms": done.server_ms,
    }


def _text(done: Synced) -> str:
    outcome = done.outcome
    lines = [
        f"已上传 {outcome.pushed} 条，待上传 {done.pending} 条 / "
        f"pushed {outcome.pushed}, pending {done.pending}"
    ]
    lines += [
        f"有一批被搁置（至 {part.last}）/ set aside up to {part.last}: {part.code}"
        for part in outcome.set_aside
    ]
    if not outcome.enrolled and not outcome.revoked:
        lines.append(
            f"本机日志未登记，记录已收存待确认 / not enrolled: kept over there, held until confirmed: {done.log}"
        )
    if outcome.revoked:
        lines.append(_REVOKED)
    if done.refilled:
        lines.append("服务器曾丢失数据，已补传 / the server had lost entries: sent again")
    if outcome.diverged_at is not None:
        lines.append(_DIVERGED)
    return "\n".join(lines)


def _status(done: Synced) -> Exit:
    outcome = done.outcome
    is_partly = bool(outcome.set_aside) or outcome.diverged_at is not None or outcome.revoked
    return Exit.PARTLY if is_partly else Exit.DONE
