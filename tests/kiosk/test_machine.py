"""What operating systems do in different ways lies behind `kiosk/machine.py`, and a kiosk runs without what POSIX alone has."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import kiosk.machine
from kiosk.lock import only_one, turn
from tests.e2e.processes import ROOT, environment

POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "posix", "syslog", "spwd"}  # fmt: skip
POSIX_NAMES = {
    "os": {
        "fork", "forkpty", "getuid", "geteuid", "getgid", "getppid", "setsid", "killpg", "mkfifo", "statvfs", "uname", "fchmod",
        "fchown", "chown", "nice", "sync", "wait", "WNOHANG", "posix_fadvise", "posix_fallocate", "O_NOFOLLOW", "O_NONBLOCK",
        "O_CLOEXEC", "O_DIRECTORY", "O_SYNC", "sched_setaffinity", "pread", "pwrite", "getloadavg",
    },
    "signal": {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGALRM", "alarm", "setitimer"},
    "errno": {"EDQUOT"},
    "socket": {"AF_UNIX", "SO_REUSEPORT"},
    "time": {"CLOCK_BOOTTIME", "clock_gettime"},
}  # fmt: skip
SOURCES = sorted(
    file for folder in ("kiosk", "sync", "schemas") for file in (ROOT / folder).rglob("*.py")
)


def posix_only(file: Path) -> set[str]:
    """Name what a file uses that only POSIX has, unless it asks first (`getattr`, `hasattr`)."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & POSIX_MODULES
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            found.add(node.module)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = POSIX_NAMES.get(node.value.id, set())
            found |= {f"{node.value.id}.{node.attr}"} if node.attr in names else set()
    return found


def test_nothing_but_one_module_uses_what_posix_alone_has() -> None:
    found = {str(file.relative_to(ROOT)): posix_only(file) for file in SOURCES}
    assert found.pop("kiosk/machine.py") >= {
        "fcntl",
        "os.posix_fadvise",
    }  # so the search finds something
    assert {file: names for file, names in found.items() if names} == {}


def test_a_lock_is_for_one_and_is_free_again(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"):
        with pytest.raises(Exception, match="sync_running"), only_one(tmp_path / "lock"):
            pass
        with turn(tmp_path / "another"):
            pass
    with only_one(tmp_path / "lock"), turn(tmp_path / "another"):
        pass


def test_elsewhere_than_on_windows_there_are_no_drives() -> None:
    assert kiosk.machine.removable_drives() == []


WITHOUT_POSIX = """
import json, os, sys, time, types
from pathlib import Path
import click, cryptography, httpx2, marshmallow, msgspec, sqlcipher3.dbapi2, structlog, waitress, zxingcpp  # as they are
import subprocess, threading, logging, tempfile, shutil

held = {}  # (device, inode) -> descriptor
def locking(descriptor, mode, count):
    file = os.fstat(descriptor)
    name = (file.st_dev, file.st_ino)
    assert count == 1 and os.lseek(descriptor, 0, os.SEEK_CUR) == 0
    if mode == 0:
        del held[name]
    elif name in held:
        raise PermissionError(13, "Permission denied")
    else:
        held[name] = descriptor

drives = types.SimpleNamespace(GetLogicalDrives=lambda: 0b10100, GetDriveTypeW=lambda root: 2 if root == "E:\\\\" else 3)
import ctypes
ctypes.windll = types.SimpleNamespace(kernel32=drives)
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2, LK_UNLCK=0)
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in NAMES:  # but the library, which still takes this machine for POSIX, asks for free space that way
    if hasattr(os, name) and name != "statvfs":
        delattr(os, name)
for name in ("CLOCK_BOOTTIME", "clock_gettime", "clock_gettime_ns"):
    delattr(time, name)
sys.platform = "win32"

from kiosk.app import Kiosk
from kiosk.clock import SystemClock
from kiosk.device import Enrolment, write
from kiosk.errors import Stopped
from kiosk.export import export
from kiosk.accept import accept
from kiosk.lock import only_one, turn
from kiosk.machine import removable_drives
from kiosk.media import media
from kiosk.reserve import keep
from kiosk.scan import scan
from kiosk.store import open_store
from kiosk.verify import verify
from kiosk.wipe import wipe
import kiosk.web.serve, kiosk.worker, kiosk.cli

home = Path(sys.argv[1])
made = Kiosk(open_store(home / "kiosk"), SystemClock())
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
seal = X25519PrivateKey.generate().public_key().public_bytes_raw()
with made.store.write() as db:
    write(db, "enrolment", Enrolment("http://127.0.0.1:1", bytes(32), seal, "", "S1", "", ""))
recorded = scan(made, "V1", direction=None, is_typed=True)
assert keep(made.home)
twice = ""
with only_one(made.home / "sync.lock"):
    try:
        with only_one(made.home / "sync.lock"):
            pass
    except Stopped as stopped:
        twice = stopped.code
with turn(made.home / "setup.lock"):
    pass
done = export(made, home / "out.rvb", everything=False)
taken = accept(made, home / "out.rvb")
faults = verify(made, lambda *_: None).faults
wipe(made)
print(json.dumps({
    "seq": recorded.head.seq, "clock": made.clock.kind, "twice": twice, "exported": done.entries, "refused": taken.refused,
    "faults": len(faults), "held": len(held), "drives": removable_drives(), "left": (home / "kiosk" / "kiosk.db").exists(),
}))
"""


def test_a_kiosk_records_exports_and_is_wiped_without_anything_of_posix(tmp_path: Path) -> None:
    """It is no Windows: paths, files and processes are still this machine's. What is missing there is missing here."""
    names = sorted(POSIX_NAMES["os"])
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX.replace("NAMES", repr(names)), str(tmp_path)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {
        "seq": 2, "clock": "monotonic", "twice": "sync_running", "exported": 3, "refused": [],
        "faults": 0, "held": 0, "drives": ["E:\\"], "left": False,
    }  # fmt: skip
