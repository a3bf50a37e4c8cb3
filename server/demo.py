"""The centre of a demo: marked for good when it is set up, and from then on told the time by the demo's clock alone.

The file `demo-home.json` is put into a folder that is still empty, and the first epoch gets its prefix, which is in the
database and signed in every word of this server. In a home whose database is a real one, the file means nothing; a demo's
database without it does not open. No setting switches this.
"""

import os
import time
from pathlib import Path

from sqlalchemy import inspect, select

from schemas.vocabulary import Code
from server.clock import Clock, system_clock
from server.config import Config
from server.database import open_database
from server.models.log import Meta
from sync import demo
from sync.errors import Refused


def clock_of(home: Path, epoch: str | None) -> Clock:
    """Give the clock of a home. epoch: the database's, which alone decides; None before there is one.

    Raise `Refused`: `demo_only` if the mark was taken away, `demo_clock` if there is no telling the time.
    """
    if epoch is None:
        return _shared_clock(home) if is_marked(home) else system_clock()
    if not demo.is_demo(epoch):
        return system_clock()
    if not is_marked(home):
        raise Refused(
            Code.DEMO_ONLY,
            f"{demo.MARK}? 演示数据只能在演示文件夹里打开 / a demo's data, but no demo's home",
        )
    return _shared_clock(home)


def clock_before(config: Config) -> Clock:
    """Give the clock of a home that may not be set up yet, or not be sound."""
    if not is_marked(config.home):
        return system_clock()
    database = open_database(config.home, config.database_url)
    try:
        with database.facts.connect() as connection:
            is_made = inspect(connection).has_table(Meta.__tablename__)
            query = select(Meta.value).where(Meta.key == "epoch")
            epoch = connection.scalar(query) if is_made else None
    finally:
        database.close()
    return clock_of(config.home, epoch)


def is_marked(home: Path) -> bool:
    """Tell whether the mark's file is there."""
    return (home / demo.MARK).is_file()


def mark(home: Path, clock: Path) -> None:
    """Make a folder that is empty or not there a demo's home; again is as good as once. Raise `Refused(demo_only)`."""
    relative = os.path.relpath(clock.absolute(), home.absolute())
    if is_marked(home) and demo.read_mark(_read(home / demo.MARK)) == relative:
        return
    if home.exists() and any(home.iterdir()):
        raise Refused(
            Code.DEMO_ONLY,
            "文件夹已在使用，演示请用空文件夹 / in use: a demo begins in an empty folder",
        )
    demo.read_clock(_read(clock))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / demo.MARK).write_text(demo.mark_text(relative), encoding="utf-8")


def _shared_clock(home: Path) -> Clock:
    """Give the demo's clock as this home sees it. Its file is read each time, so that all processes see it move at once."""
    file = home / demo.read_mark(_read(home / demo.MARK))

    def now() -> demo.Moment:
        system_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        return demo.read_clock(_read(file)).at(home.name, system_ms)

    return Clock(lambda: now().wall_ms, lambda: now().mono_ms, now().boot, demo.KIND)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Refused(Code.DEMO_CLOCK, f"{file.name}: {type(error).__name__}") from error
