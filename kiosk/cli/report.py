"""Reports for people: Chinese first, English beside. Numbers, never names."""

from collections.abc import Sequence

from kiosk.cli.neighbours import neighbour_lines
from kiosk.cli.output import say
from kiosk.cli.screen import date_time
from kiosk.doctor import Check
from kiosk.status import Status
from kiosk.verify import Verified

_STATE = {
    "not_enrolled": "尚未登记，请运行 enrol / not enrolled: run `enrol CODE --server URL`",
    "attention": "需要处理 / needs attention",
    "pending": "离线可继续使用 / fine to go on offline",
    "fine": "已同步 / all delivered",
}
_ALARM = {
    "revoked": "本机日志已被中心注销：继续记录、照常收存，但暂不计时，请联系中心 / "
    "the centre revoked this log: scans are recorded and kept, and do not count; call the centre",
    "diverged": "本机像是被复制或恢复过，已另开新日志，请告知管理员确认 / "
    "this kiosk looks like a copy or was restored; its new log waits to be confirmed",
    "set_aside": "有批次被服务器搁置 / the server set batches aside",
    "clock_doubt": "时钟可能不准 / the clock may be wrong",
    "sync_failing": "最近一次同步没有成功 / the last sync did not succeed",
    "pending_long": "有记录超过 24 小时未上传 / entries have waited for over 24 h",
    "never_synced": "还没有取得密钥和名单，请同步 / keys and roster not fetched yet: sync",
}


def status_text(found: Status) -> str:
    """Say how the kiosk stands."""
    lines = [
        _STATE[found.state],
        f"点位 site  {found.site or '-'} {found.site_name} {found.post}".rstrip(),
        f"本机 log   {found.log or '-'}",
        *(f"旧日志 old   {old.log}  {old.held}/{old.head}" for old in found.logs[:-1]),
        f"已记录 {found.recorded}，已送达 {found.held}，待上传 {found.pending}"
        f" / recorded {found.recorded}, delivered {found.held}, pending {found.pending}",
        f"在岗 on post  {found.open_count}",
        f"上次同步 last sync  {_when(found.last_sync_ms)}",
    ]
    if found.pending:
        lines.append(f"最早待上传 oldest pending  {_when(found.oldest_pending_ms)}")
    if found.exported:
        lines.append(
            f"已导出未证实 {found.exported}（{_when(found.exported_ms)}）"
            f" / exported, no receipt yet: {found.exported}"
        )
    if found.carried:
        lines.append(f"代传 {found.carried} / carried for other kiosks {found.carried}")
    lines += neighbour_lines(found.neighbours)
    if found.next_try_ms:
        lines.append(f"下次尝试 next try  {_when(found.next_try_ms)}  ({found.last_problem})")
    lines += [f"! {_ALARM[alarm]}" for alarm in found.alarms]
    lines += [f"  {part.first}-{part.last}  {part.code}" for part in found.set_aside]
    return "\n".join(lines)


def verify_text(found: Verified) -> str:
    """Say what a check of all records found."""
    if not found.faults:
        return f"全部无误 ✓ clean: {found.entries} 条 entries, {found.receipts} receipts"
    lines = [
        "发现改动或损坏，不要删除任何文件，请告知管理员 / tampering or damage: delete nothing, tell the centre"
    ]
    lines += [
        f"  {fault.log} {fault.seq if fault.seq is not None else '-'}  {fault.what}"
        for fault in found.faults
    ]
    return "\n".join(lines)


def doctor_text(checks: Sequence[Check]) -> str:
    """List the checks."""
    return "\n".join(f"{_sign(check)} {check.name}  {check.detail}" for check in checks)


def progress(done: int, total: int) -> None:
    """Tell how far a long check is."""
    say(f"{done}/{total}")


def _sign(check: Check) -> str:
    if check.ok:
        return "✓"
    return "·" if check.is_note else "✕"


def _when(wall_ms: int) -> str:
    return date_time(wall_ms) if wall_ms else "-"
