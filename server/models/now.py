"""What is in force now: one row a thing, so that lists and searches need not look through its versions.

No facts: these tables follow from the versions (`server/people/now.py`), are no part of a backup, and can be filled again at
any time. They stand beside the versions, so that an import or edit and what it leaves in force are one transaction.
"""

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base

FOLLOWS = {"follows": True}
"""The mark of a table that follows from others of the same database."""

_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared by code point on both databases, so that an index finds what begins in a certain way. Never joined on."""


class InForce:
    """Columns of a row that stands for a version. pinyin, initials: of the name as most say it (`server/people/readings.py`)."""

    name: Mapped[str] = mapped_column(Text, sort_order=10)
    pinyin: Mapped[str] = mapped_column(_ORDERED, sort_order=11)
    initials: Mapped[str] = mapped_column(_ORDERED, sort_order=12)
    valid_from: Mapped[int] = mapped_column(sort_order=90)
    entered: Mapped[int] = mapped_column(BigInteger, sort_order=91)


class VolunteerNow(InForce, Base):
    """A volunteer, as `Volunteer`."""

    __tablename__ = "volunteer_now"
    __table_args__ = (
        Index("ix_volunteer_now_team", "team", "number"),
        Index("ix_volunteer_now_region", "region", "number"),
        {"sqlite_with_rowid": False, "info": FOLLOWS},
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    phone: Mapped[str] = mapped_column(Text, sort_order=20)
    team: Mapped[str] = mapped_column(String(20), sort_order=20)
    region: Mapped[str] = mapped_column(String(20), sort_order=20)
    born: Mapped[int | None] = mapped_column(sort_order=20)
    categories: Mapped[str] = mapped_column(Text, sort_order=20)
    skills: Mapped[str] = mapped_column(Text, sort_order=20)


class VolunteerWord(Base):
    """A word by which a volunteer is found, in order of words. kind: a `WordKind` (`server/people/words.py`).

    The key ends with team and region, so that a search within a part of the tree reads this index alone.
    """

    __tablename__ = "volunteer_word"
    __table_args__ = ({"sqlite_with_rowid": False, "info": FOLLOWS},)

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(_ORDERED, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    team: Mapped[str] = mapped_column(String(20), primary_key=True)
    region: Mapped[str] = mapped_column(String(20), primary_key=True)


class TeamNow(InForce, Base):
    """A team, as `Team`."""

    __tablename__ = "team_now"
    __table_args__ = (
        Index("ix_team_now_region", "region", "code"),
        {"sqlite_with_rowid": False, "info": FOLLOWS},
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    region: Mapped[str] = mapped_column(String(20), sort_order=20)


class RegionNow(InForce, Base):
    """A region, as `Region`."""

    __tablename__ = "region_now"
    __table_args__ = (
        Index("ix_region_now_parent", "parent", "code"),
        {"sqlite_with_rowid": False, "info": FOLLOWS},
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    parent: Mapped[str] = mapped_column(String(20), sort_order=20)


class SiteNow(InForce, Base):
    """A site, as `Site`."""

    __tablename__ = "site_now"
    __table_args__ = (
        Index("ix_site_now_region", "region", "code"),
        {"sqlite_with_rowid": False, "info": FOLLOWS},
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), sort_order=20)
    region: Mapped[str] = mapped_column(String(20), sort_order=20)
    latitude_e6: Mapped[int | None] = mapped_column(sort_order=20)
    longitude_e6: Mapped[int | None] = mapped_column(sort_order=20)


class PostNow(InForce, Base):
    """A post, as `Post`."""

    __tablename__ = "post_now"
    __table_args__ = (
        Index("ix_post_now_site", "site", "code"),
        {"sqlite_with_rowid": False, "info": FOLLOWS},
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    site: Mapped[str] = mapped_column(String(20), sort_order=20)
    role: Mapped[str] = mapped_column(Text, sort_order=20)
    capacity: Mapped[int | None] = mapped_column(sort_order=20)
    needs: Mapped[str] = mapped_column(Text, sort_order=20)


class NowState(Base):
    """As of which local date these tables are, and by which readings of names; no row: they were never filled."""

    __tablename__ = "now_state"
    __table_args__ = ({"info": FOLLOWS},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[int]
    readings: Mapped[int]
