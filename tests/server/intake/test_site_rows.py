"""What goes to the kiosks of a site about its people: names, sealed for its leads; and what they have of what posts need."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from schemas.entry import Note
from server.books.dates import read_date
from server.intake import feed
from server.intake.enrol import Wish, enrol, make_code
from server.intake.pull import parcels
from server.intake.revoke_log import Wish as RevokeWish
from server.intake.revoke_log import revoke_log
from server.jobs.follow import follow
from server.jobs.new_day import new_day
from server.models.lead_key import LeadKey
from server.services import Services
from sync import fit, site_names, view_rows
from sync.enrolment import EnrolmentCode
from sync.site_names import Opener
from tests.server.builders import START_MS, Author, ServerClock, make_author, push
from tests.server.conftest import import_text
from tests.server.intake.test_feed import Reader

KEY, OTHER = bytes(range(32)), bytes(32)
DAY_MS = 86_400_000


def enrolled(services: Services, seed: str, site: str = "S1") -> tuple[Author, EnrolmentCode]:
    """Make a kiosk and the code that it was enrolled with."""
    author = make_author(seed)
    code = make_code(services.database, services.signer, site)
    wish = Wish(author.public, author.log, code.id, "", code.secret)
    enrol(services.database, services.central, wish, source="test")
    return author, code


def announce(
    client: FlaskClient, author: Author, code: EnrolmentCode, key: bytes = KEY, **fields: str
) -> None:
    """Let a kiosk announce its leads' key, and deliver that."""
    if not author.bodies:
        author.boot(START_MS)
    text = fields.get("text", site_names.announce(code, key).text)
    note = Note(*author.stamp(START_MS + 1_000 * author.head), site_names.TOPIC, "", b"", text, "")
    first = author.add(note)
    assert push(client, author.batch(1 if first == 2 else first)).status_code == 200


def read(services: Services, author: Author) -> Reader:
    """Read the whole view of a kiosk."""
    made = Reader(services, author)
    made.read()
    return made


def names(reader: Reader, key: bytes = KEY) -> dict[str, tuple[str, str]]:
    """Open the names in a view with a kiosk's key of names."""
    _, sealed = reader.rows[view_rows.NAME_KEY, site_names.public_of(key).hex()]
    opener = Opener(site_names.open_secret(key, sealed))
    found = {
        number: opener.open(number, row[0])
        for (kind, number), row in reader.rows.items()
        if kind == view_rows.PERSON
    }
    return {number: (person.name, person.team) for number, person in found.items()}


@pytest.mark.both_databases
def test_names_of_the_sites_people_are_sealed_to_the_key_that_its_lead_announced(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    rows = "number,name,team,region\nV1,欧阳𬭎,T1,\nW1,阿依古丽·买买提,,R1\nW2,外地人,,R9\n"
    import_text(services, tmp_path, "regions", "code,name,parent\nR9,别处,\n")
    import_text(services, tmp_path, "volunteers", rows)
    author, code = enrolled(services, "led")
    announce(client, author, code)
    found = names(read(services, author))
    assert found["V1"] == ("欧阳𬭎", "一队")
    assert found["W1"] == ("阿依古丽·买买提", "")
    assert len(found) == 15
    assert "W2" not in found


def test_the_words_by_which_people_are_found_are_made_at_the_centre(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    import_text(services, tmp_path, "volunteers", "number,name,team\nV1,欧阳𬭎,T1\nV2,单小明,T1\n")
    author, code = enrolled(services, "led")
    announce(client, author, code)
    reader = read(services, author)
    _, sealed = reader.rows[view_rows.NAME_KEY, site_names.public_of(KEY).hex()]
    opener = Opener(site_names.open_secret(KEY, sealed))
    said = {n: opener.open(n, reader.rows[view_rows.PERSON, n][0]).words for n in ("V1", "V2")}
    assert said["V1"] == "欧阳𬭎 ouyanghong oyh"
    assert {"shanxiaoming", "sxm", "danxiaoming", "dxm"} <= set(said["V2"].split())


def test_a_site_whose_kiosks_have_no_lead_is_told_no_names(services: Services) -> None:
    author, _ = enrolled(services, "new")
    assert not read(services, author).keys(view_rows.PERSON)


@pytest.mark.both_databases
def test_a_thief_with_the_logs_key_cannot_have_names_sealed_to_another_key(
    services: Services, client: FlaskClient
) -> None:
    """The code is not on the kiosk; its proof for the leads' own key proves no other, nor does another kiosk's code."""
    author, code = enrolled(services, "stolen")
    other, other_code = enrolled(services, "other")
    announce(client, author, code)
    stolen = site_names.announce(code, KEY)
    forged = site_names.Announced(code.id, site_names.public_of(OTHER), stolen.proof)
    guessed = site_names.announce(EnrolmentCode(code.id, bytes(10), b""), OTHER)
    for text in (forged.text, guessed.text, "x"):
        announce(client, author, code, text=text)
    assert read(services, author).keys(view_rows.NAME_KEY) == {stolen.public.hex()}
    announce(client, author, other_code, OTHER)
    assert not read(services, other).keys(view_rows.NAME_KEY)


def test_a_code_that_nobody_used_proves_nothing(services: Services, client: FlaskClient) -> None:
    author, _ = enrolled(services, "kiosk")
    announce(client, author, make_code(services.database, services.signer, "S1"))
    assert not read(services, author).keys(view_rows.NAME_KEY)


def test_of_several_keys_of_a_kiosk_the_last_in_its_log_counts_in_whatever_order_they_came(
    services: Services, client: FlaskClient
) -> None:
    author, code = enrolled(services, "again")
    author.boot(START_MS)
    for at, key in enumerate((KEY, OTHER), 1):
        text = site_names.announce(code, key).text
        author.add(Note(*author.stamp(START_MS + at), site_names.TOPIC, "", b"", text, ""))
    for first in (3, 2, 1, 2):
        assert push(client, author.batch(first, first)).status_code == 200
    with services.database.read() as connection:
        assert connection.scalars(select(LeadKey.public)).all() == [site_names.public_of(OTHER)]
    assert read(services, author).keys(view_rows.NAME_KEY) == {site_names.public_of(OTHER).hex()}


def test_when_a_kiosk_is_revoked_the_others_get_another_secret(
    services: Services, client: FlaskClient
) -> None:
    stolen, code = enrolled(services, "stolen")
    other, other_code = enrolled(services, "other")
    announce(client, stolen, code)
    announce(client, other, other_code, OTHER)
    before = read(services, stolen)
    assert names(before) == names(read(services, other), OTHER)
    wish = RevokeWish(stolen.log, START_MS, "stolen", seq=1, hash=stolen.hashes[1])
    revoke_log(services.database, services.central, wish)
    after = read(services, other)
    assert after.keys(view_rows.NAME_KEY) == {site_names.public_of(OTHER).hex()}
    assert len(names(after, OTHER)) == 14
    old = Opener(site_names.open_secret(KEY, before.rows[view_rows.NAME_KEY, site_names.public_of(KEY).hex()][1]))  # fmt: skip
    with pytest.raises(Exception, match="malformed"):
        old.open("V1", after.rows[view_rows.PERSON, "V1"][0])


def test_names_that_did_not_change_are_no_news(services: Services, client: FlaskClient) -> None:
    author, code = enrolled(services, "led")
    announce(client, author, code)
    reader = read(services, author)
    reader.pages.clear()
    new_day(services)
    reader.read()
    assert reader.pages == []


PLAN = {
    "shifts": "code,post,start,end,needed\nF1,P1,2026-11-05T08:00,2026-11-05T12:00,2\n",
    "assignments": "shift,volunteer\nF1,V1\n",
}


@pytest.mark.both_databases
def test_where_shifts_are_planned_those_on_them_and_their_teams_are_the_sites_people(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    for kind, text in PLAN.items():
        import_text(services, tmp_path, kind, text)
    author, code = enrolled(services, "led")
    announce(client, author, code)
    found = names(read(services, author))
    assert "V1" in found
    assert {team for _, team in found.values()} == {"二队"}


def test_no_site_has_more_people_than_the_bound_and_those_on_its_shifts_come_first(
    services: Services, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.people.site_people.SITE_PEOPLE_MAX", 3)
    for kind, text in PLAN.items():
        import_text(services, tmp_path, kind, text.replace("V1", "V9"))
    author, code = enrolled(services, "led")
    announce(client, author, code)
    found = names(read(services, author))
    assert len(found) == 3
    assert "V9" in found


NEEDS = "code,site,name,needs\nP1,S1,登记,保险;培训：测温;18岁\n"
HAVE = {
    "trainings": "volunteer,name,date\nV1,测温,2025-12-01\nV2,急救,2025-12-01\nV3,测温,2026-11-04\n",
    "insurances": "volunteer,policy,from,to\nV1,A,2025-01-01,2026-11-03\nV1,B,2026-11-04,\n"
    "V2,C,2025-01-01,2026-11-01\nV3,D,2026-11-01,2027-05-31\n",
    "volunteers": "number,name,born\nV1,甲,1990-01-01\nV2,乙,2010-01-01\n",
}


@pytest.mark.both_databases
def test_a_kiosk_is_told_what_its_posts_need_and_who_has_it_and_no_more(
    services: Services, tmp_path: Path
) -> None:
    """Nothing since when somebody has what they have, and no date of birth."""
    import_text(services, tmp_path, "posts", NEEDS)
    for kind, text in HAVE.items():
        import_text(services, tmp_path, kind, text)
    author, _ = enrolled(services, "kiosk")
    reader = read(services, author)
    assert reader.rows[view_rows.NEED, "P1"] == ["insurance;training:测温;age:18"]
    said = {number: reader.rows[view_rows.FIT, number][0] for number in ("V1", "V2", "V3", "V4")}
    assert said == {
        "V1": "age:18=..;insurance=..2026-11-03,2026-11-04..;training:测温=..",
        "V2": "",
        "V3": "insurance=..2027-05-31;training:测温=2026-11-04..",
        "V4": "",
    }


def test_what_is_told_meets_the_rule_of_the_centre(services: Services, tmp_path: Path) -> None:
    """Day by day: what a kiosk says offline is what D7 says of the same reference data."""
    from server.people.reference import load_reference
    from server.reconcile.rules.posts import lacking

    import_text(services, tmp_path, "posts", NEEDS)
    for kind, text in HAVE.items():
        import_text(services, tmp_path, kind, text)
    reader = read(services, enrolled(services, "kiosk")[0])
    needs = fit.read_needs(reader.rows[view_rows.NEED, "P1"][0])
    with services.database.read() as connection:
        reference = load_reference(connection, ["V1", "V2", "V3", "V4"])
        for who in ("V1", "V2", "V3", "V4"):
            has = fit.read_fits(reader.rows[view_rows.FIT, who][0])
            for date in ("2026-11-02", "2026-11-03", "2026-11-04", "2027-05-31", "2027-06-01"):
                theirs = lacking(("保险", "培训：测温", "18岁"), [who], reference, read_date(date))
                assert len(fit.lacking(needs, has, date)) == len(theirs), (who, date)


def test_an_insurance_that_is_bought_reaches_the_kiosk_and_a_new_day_changes_what_is_told(
    services: Services, clock: ServerClock, tmp_path: Path
) -> None:
    import_text(services, tmp_path, "posts", "code,site,name,needs\nP1,S1,登记,保险\n")
    reader = read(services, enrolled(services, "kiosk")[0])
    assert reader.rows[view_rows.FIT, "V1"] == [""]
    text = "volunteer,policy,from,to\nV1,A,2026-11-10,2026-11-20\n"
    import_text(services, tmp_path, "insurances", text)
    reader.read()
    assert reader.rows[view_rows.FIT, "V1"] == ["insurance=2026-11-10..2026-11-20"]
    clock.now_ms += 15 * DAY_MS
    new_day(services)
    reader.read()
    assert reader.rows[view_rows.FIT, "V1"] == ["insurance=..2026-11-20"]


def test_a_site_where_nothing_is_needed_is_told_of_nobody(services: Services) -> None:
    reader = read(services, enrolled(services, "kiosk")[0])
    assert not reader.keys(view_rows.NEED) | reader.keys(view_rows.FIT)


def test_no_name_travels_in_clear_on_any_channel(services: Services, client: FlaskClient) -> None:
    author, code = enrolled(services, "led")
    announce(client, author, code)
    wires = list(parcels(services.database, services.signer, author.log, ""))
    assert names(read(services, author))["V1"][0] == "志愿者1"
    for wire in wires:
        plain = gzip.decompress(wire)
        assert "志愿者".encode() not in plain
        assert b"zhiyuanzhe" not in plain


@pytest.mark.both_databases
def test_whoever_follows_looks_at_a_bounded_number_of_sites_and_the_job_at_all(
    services: Services, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that concerns every site must not make one hello wait for all of them; and none is forgotten."""
    monkeypatch.setattr("server.intake.feed_sites.FEED_SITES_AT_A_TIME", 1)
    kiosks = {}
    for at, site in enumerate(("S1", "S2", "S3")):
        author, code = enrolled(services, site, site)
        announce(client, author, code, bytes([at]) * 32)
        kiosks[site] = author
    assert follow(services) == "pieces=3"
    import_text(services, tmp_path, "volunteers", "number,name,team\nV1,欧阳𬭎,T1\n")
    with services.database.write_facts() as connection:
        feed.follow(connection, services.signer)

    with services.database.read() as connection:
        assert feed.is_behind(connection)
    assert follow(services) == "pieces=2"
    assert follow(services) == "pieces=0"
    for at, site in enumerate(kiosks):
        reader = read(services, kiosks[site])
        assert names(reader, bytes([at]) * 32)["V1"][0] == "欧阳𬭎"
