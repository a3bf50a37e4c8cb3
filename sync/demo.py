"""The demo clock: one small file says what time it is for every process of a demo, and a home says for good that it is one.

Pure: who reads the files hands their text in (`server/demo.py`, `kiosk/demo.py`). A demo's time must never reach a real
home, nor the reverse: epochs of a demo have a prefix, which is signed in all that its server says (`docs/protocol.md`, 10.5).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from schemas.limits import DEMO_CLOCK_CHARS_MAX, DEMO_DEVICES_MAX, SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.ids import boot_id

MARK = "demo-home.json"
"""The file in a home that says: this is a demo's, and here is its clock."""

KIND = "demo"
"""What a boot entry says of this clock."""

BANNER = "【演示 DEMO】演示数据、演示时间，不是真的 / made-up data, made-up time"
EPOCH_PREFIX = "demo-"


class Moment(NamedTuple):
    """What the clocks of a device show: boot as in an entry, milliseconds."""

    boot: bytes
    mono_ms: int
    wall_ms: int


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a demo. skew_ms: how wrong its wall clock is; boots: how often it was started, last at booted_ms."""

    skew_ms: int = 0
    boots: int = 1
    booted_ms: int = 0


@dataclass(frozen=True, slots=True)
class DemoClock:
    """The time of a demo. name: of this demo; began_ms: when it began; now_ms: its time, standing still.

    since_ms: where it does not stand still but runs, when that was `now_ms`, by the monotonic clock of the machine.
    """

    name: str
    began_ms: int
    now_ms: int
    since_ms: int | None = None
    devices: Mapping[str, Device] = field(default_factory=dict)

    def at(self, device: str, system_ms: int) -> Moment:
        """Give what the clocks of a device show. system_ms: the monotonic clock of the machine."""
        passed_ms = 0 if self.since_ms is None else max(0, system_ms - self.since_ms)
        now_ms = self.now_ms + passed_ms
        its = self.devices.get(device, Device(booted_ms=self.began_ms))
        boot = boot_id(f"demo {self.name} {device} {its.boots}")
        return Moment(boot, now_ms - its.booted_ms, now_ms + its.skew_ms)

    def text(self) -> str:
        """Give the file's text."""
        devices = {
            name: [its.skew_ms, its.boots, its.booted_ms] for name, its in self.devices.items()
        }
        fields = {
            "demo": self.name,
            "began_ms": self.began_ms,
            "now_ms": self.now_ms,
            "since_ms": self.since_ms,
            "devices": devices,
        }
        return json.dumps(fields, ensure_ascii=False)


def read_clock(text: str) -> DemoClock:
    """Read the file's text. Raise `Refused(demo_clock)` on anything else: no other clock may stand in for it."""
    fields = _fields(text, ("demo", "began_ms", "now_ms", "since_ms", "devices"))
    since, devices = fields["since_ms"], fields["devices"]
    if not isinstance(devices, dict) or len(devices) > DEMO_DEVICES_MAX:
        raise Refused(Code.DEMO_CLOCK, "devices")
    return DemoClock(
        _word(fields["demo"]),
        _integer(fields["began_ms"]),
        _integer(fields["now_ms"]),
        None if since is None else _integer(since),
        {name: _device(values) for name, values in devices.items()},
    )


def mark_text(clock: str) -> str:
    """Give the text of a home's mark. clock: path of the clock's file, from the home."""
    return json.dumps({"demo": BANNER, "clock": clock}, ensure_ascii=False)


def read_mark(text: str) -> str:
    """Give the path of the clock's file, as a home's mark says it. Raise `Refused(demo_clock)`."""
    return _word(_fields(text, ("demo", "clock"))["clock"])


def is_demo(epoch: str) -> bool:
    """Tell whether an epoch is one of a demo's server."""
    return epoch.startswith(EPOCH_PREFIX)


def require_same(epoch: str, *, as_demo: bool) -> None:
    """Raise `Refused(demo_only)` where the server of an epoch is a demo's and who asks is not, or the reverse."""
    if is_demo(epoch) != as_demo:
        raise Refused(Code.DEMO_ONLY, "a demo and a real home do not mix")


def _fields(text: str, names: tuple[str, ...]) -> dict[str, Any]:
    if len(text) > DEMO_CLOCK_CHARS_MAX:
        raise Refused(Code.DEMO_CLOCK, "too long")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(Code.DEMO_CLOCK, "not JSON") from error
    if not isinstance(fields, dict) or set(fields) != set(names):
        raise Refused(Code.DEMO_CLOCK, ", ".join(names))
    return fields


def _device(values: object) -> Device:
    if not isinstance(values, list) or len(values) != 3:
        raise Refused(Code.DEMO_CLOCK, "a device")
    return Device(*(_integer(value) for value in values))


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Refused(Code.DEMO_CLOCK, "a text expected")
    return value


def _integer(value: object) -> int:
    if type(value) is not int or abs(value) > SAFE_INTEGER_MAX:
        raise Refused(Code.DEMO_CLOCK, "an integer expected")
    return value
