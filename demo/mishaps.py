"""What goes wrong at the kiosks, and is meant to: power cut in mid-scan, empty clock battery, copied card, withdrawn badge."""

import fcntl
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from demo.cast import COPY, FIRST, LOST_BADGE, SECOND, THIRD
from demo.forked import ROOT
from demo.processes import Failed, environment
from demo.scan import scan
from demo.stage import Stage

THREE_DAYS_MS = 3 * 86_400_000
_STORE = "kiosk.db"
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes of an SQLite file that a reader locks (https://www.sqlite.org/fileformat2.html#the_lock_byte_page)."""
_WAIT_S_MAX, _PAUSE_S = 60, 0.01


def lose_the_time(stage: Stage) -> None:
    """Start the second kiosk anew, with a wall clock that is three days behind."""
    stage.hands.start(SECOND, skew_ms=-THREE_DAYS_MS)
    stage.tell.done(
        f"{SECOND} 停过电，电池没电，重启后时钟慢了三天",
        f"{SECOND} restarted with its clock three days behind",
    )


def kill_in_mid_scan(stage: Stage, number: str) -> None:
    """Kill the first kiosk when it has read a badge and is about to write; then start it anew."""
    before = stage.programs.kiosk(FIRST, "status").number("recorded")
    with stage.tell.waiting("断电…"):
        _kill_scan(stage, number)
    after = stage.programs.kiosk(FIRST, "status").number("recorded")
    if after != before:
        raise Failed(("kill",), -9, f"{before} entries, then {after}")
    stage.hands.start(FIRST)
    stage.tell.done(
        f"{FIRST} 正在扫 {number} 时断电（SIGKILL）：屏幕没说成功，盘上也没有；之前的 {before} 条都在",
        f"{FIRST} lost power in mid-scan of {number}: nothing was confirmed, {before} entries are safe",
    )


def _kill_scan(stage: Stage, number: str) -> None:
    """Hold the store shut, so that the scan gets as far as its store and no further, and end it there."""
    store = stage.home / FIRST / _STORE
    with store.open("r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        words = [sys.executable, "-m", "kiosk", "scan", "--image", stage.badge(number), "--json"]
        with subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment(stage.programs.settings(FIRST)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as scanning:
            _wait_until_open(scanning.pid, store)
            scanning.send_signal(signal.SIGKILL)
            answer = scanning.communicate()[0]
    if scanning.returncode != -signal.SIGKILL or answer:
        raise Failed(words, scanning.returncode, answer.decode(errors="replace"))


def _wait_until_open(pid: int, file: Path) -> None:
    """Wait until a process has a file open."""
    deadline = time.monotonic() + _WAIT_S_MAX
    while str(file) not in _open_files(pid):
        if time.monotonic() > deadline:
            raise Failed(("kiosk", "scan"), -1, f"did not open {file.name}")
        time.sleep(_PAUSE_S)


def _open_files(pid: int) -> list[str]:
    found = []
    for entry in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            found.append(str(entry.readlink()))
        except OSError:  # closed meanwhile
            continue
    return found


def copy_the_card(stage: Stage) -> None:
    """Copy the third kiosk's card, as it is, and start the copy as a device of its own."""
    stage.tally.copied = stage.programs.kiosk(THIRD, "status").number("recorded")
    shutil.copytree(stage.home / THIRD, stage.home / COPY)
    stage.hands.start(COPY)
    stage.tell.done(
        f"有人复制了 {THIRD} 的存储卡，装进另一台机器 {COPY}：两台都以为自己是本机",
        f"somebody copies the card of {THIRD} into another device: both take themselves for {THIRD}",
    )


def report_lost(stage: Stage) -> None:
    """Revoke a badge at the centre, when no kiosk can hear of it."""
    with stage.tell.waiting("挂失…"):
        stage.programs.server("revoke", "badge", LOST_BADGE, "--reason", "遗失")
    stage.tell.done(
        f"{LOST_BADGE} 报失，中心吊销证件；签到机没有网络，还不知道",
        f"{LOST_BADGE} reports a lost badge: revoked at the centre; no kiosk can know yet",
    )


def try_lost_badge(stage: Stage) -> None:
    """Hold up the badge that was reported lost."""
    done = scan(stage, SECOND, LOST_BADGE)
    stage.tell.done(
        f"有人拿这张挂失的证件签到，签到机：“{done.word('message_zh')}”",
        f"somebody holds it up, and the kiosk says “{done.word('message_en')}”: the centre will judge",
    )
