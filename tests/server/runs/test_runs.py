"""Runs: asked for within bounds, worked on in turns, gone on with after a stop, stopped by their owners, seen by nobody else."""

import shutil
from zipfile import ZipFile

import pytest
from msgspec import structs

from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.limits import RUN_KEPT_MS, RUN_TRIES_MAX, RUNS_LIVE_MAX, RUNS_OF_ONE_MAX
from server.runs import certificates, work
from server.runs.ask import drop, stop
from server.runs.asked import Badges, Report
from server.runs.keep import drop_old
from server.runs.run import State, count_ahead
from server.runs.work import WorkedElsewhere, work_off, work_on
from server.runs.workbench import Interrupted, Outcome, Workbench
from sync.errors import Refused
from tests.server.runs.desk import HOLDER, QuickPress, RunDesk, of_all

both_databases = pytest.mark.both_databases
CITY = Grant(StaffRole.CITY, Over.ALL)
REPORT = Report("site", "csv")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: what a certificate looks like is tested where it is drawn, and each takes half a second."""
    monkeypatch.setattr(certificates, "Press", QuickPress)


def stop_it(runs: RunDesk, run: object) -> None:
    home, now = runs.services.config.home, runs.desk.clock.now_ms
    stop(runs.services.database, home, run.owner, run.id, now)  # type: ignore[attr-defined] # a run


@both_databases
def test_the_same_asked_again_is_the_run_that_is_live(runs: RunDesk) -> None:
    one, again = runs.ask(REPORT), runs.ask(REPORT)
    assert one.id == again.id
    done = runs.work(one)
    assert (done.state, done.file) == (State.DONE, "report-site.csv")
    assert runs.ask(REPORT).id != one.id


@both_databases
def test_nobody_asks_for_more_than_so_many_at_a_time(runs: RunDesk) -> None:
    for number in range(RUNS_OF_ONE_MAX):
        runs.ask(Report("site", "csv", first=number))
    with pytest.raises(Refused) as full:
        runs.ask(Report("site", "csv", first=99))
    assert full.value.code == Code.TOO_MANY_RUNS
    other = runs.ask(Report("site", "csv", first=99), runs.hire(CITY))
    with runs.services.database.read() as connection:
        assert count_ahead(connection, other) == RUNS_OF_ONE_MAX


def test_all_together_ask_for_no_more_than_so_many(runs: RunDesk) -> None:
    asked = 0
    while asked < RUNS_LIVE_MAX:
        owner = runs.hire(CITY)
        for number in range(RUNS_OF_ONE_MAX):
            runs.ask(Report("site", "csv", first=number), owner)
            asked += 1
    with pytest.raises(Refused) as full:
        runs.ask(REPORT, runs.hire(CITY))
    assert full.value.code == Code.TOO_MANY_RUNS


@both_databases
def test_two_processes_never_work_at_the_same_time(runs: RunDesk) -> None:
    runs.ask(REPORT)
    with runs.services.database.exclusive(work.LOCK), pytest.raises(WorkedElsewhere):
        work_off(runs.services)


@both_databases
def test_who_lost_a_run_to_another_writes_nothing_more(
    runs: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock can be lost with the database's connection: then the one who took the run over is believed, and nobody else."""
    run = runs.ask(of_all(3))
    begun = runs.slice()

    def taken_over(bench: Workbench) -> Outcome:
        if bench.holder == b"first":
            work_on(runs.services, runs.read(run.id), b"second", lambda: True)
            bench.tell_now(done=2)
        return Outcome(result=bench.holder.decode())

    monkeypatch.setattr(work, "step_of", lambda _run: taken_over)
    work_on(runs.services, begun, b"first", lambda: True)
    assert (runs.read(run.id).result, runs.read(run.id).state) == ("second", State.DONE)


@both_databases
def test_runs_take_turns(runs: RunDesk) -> None:
    large, small = runs.ask(of_all(5)), runs.ask(REPORT)
    assert runs.slice().id == large.id
    assert runs.slice().id == small.id
    assert runs.slice().id == large.id


@both_databases
def test_a_process_that_is_to_end_leaves_the_run_live(runs: RunDesk) -> None:
    run = runs.ask(of_all(3))
    runs.slice()
    answers = iter([True, True])
    with pytest.raises(Interrupted):
        work_on(runs.services, runs.read(run.id), HOLDER, lambda: next(answers, False))
    assert runs.read(run.id).state is State.WORKING
    assert runs.work(run).state is State.DONE
    assert len(runs.issued()) == 3


def test_a_slice_that_kills_its_process_every_time_is_given_up(
    runs: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As a kill is: nothing is written down any more."""

    def die(_bench: Workbench) -> Outcome:
        raise Killed

    run, other = runs.ask(REPORT), runs.ask(of_all(1))
    monkeypatch.setattr(work, "step_of", lambda _run: die)
    for _ in range(RUN_TRIES_MAX):
        with pytest.raises(Killed):
            runs.slice(runs.read(run.id))
    given_up = runs.slice(runs.read(run.id))
    assert (given_up.state, given_up.code) == (State.FAILED, Code.INTERNAL)
    monkeypatch.undo()
    assert runs.work(other).state is State.DONE


def test_a_fault_of_ours_fails_one_run_and_no_other(
    runs: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_bench: Workbench) -> Outcome:
        raise ValueError("V1 is in the words of the error")

    bad = runs.ask(REPORT)
    monkeypatch.setattr(work, "step_of", lambda _run: fail)
    failed = runs.slice(bad)
    assert (failed.state, failed.code, failed.message) == (State.FAILED, Code.INTERNAL, "")
    monkeypatch.undo()
    assert runs.work(runs.ask(of_all(1))).state is State.DONE


@both_databases
def test_stopping_ends_a_run_and_what_was_issued_stays_issued(runs: RunDesk) -> None:
    run = runs.ask(of_all(3))
    runs.slice()
    answers = iter([True])

    def stops_after_one() -> bool:
        if next(answers, False):
            return True
        stop_it(runs, run)
        return True

    work_on(runs.services, runs.read(run.id), HOLDER, stops_after_one)
    stopped = runs.read(run.id)
    assert stopped.state is State.STOPPED
    assert 0 < len(runs.issued()) < 3
    assert not runs.folder(run).exists(), "it held names"
    stop_it(runs, run)
    assert runs.work(run) == stopped, "over is over"


@both_databases
def test_a_run_is_nobody_elses(runs: RunDesk) -> None:
    mine, other = runs.hire(CITY), runs.hire(CITY)
    run = runs.ask(REPORT, mine)
    for act in (
        lambda: runs.read(run.id, other.name),
        lambda: runs.read(run.id),
        lambda: stop(runs.services.database, runs.services.config.home, other.name, run.id, 1),
        lambda: drop(runs.services.database, runs.services.config.home, other.name, run.id),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == Code.NOT_FOUND


@both_databases
def test_whose_rights_have_changed_gets_nothing_more(runs: RunDesk) -> None:
    owner = runs.hire(CITY)
    run = runs.ask(REPORT, owner)
    with runs.services.database.write_facts() as connection:
        connection.exec_driver_sql("UPDATE staff_grant SET over = 'region', code = 'R2'")
    failed = runs.slice(run)
    assert (failed.state, failed.code) == (State.FAILED, Code.NO_RIGHT)


@both_databases
def test_what_is_over_is_kept_for_its_time(runs: RunDesk) -> None:
    old = runs.work(runs.ask(REPORT))
    stray = runs.folder(old).with_name("0" * 16)
    stray.mkdir()
    live = runs.ask(of_all(2))
    database, home = runs.services.database, runs.services.config.home
    assert drop_old(database, home, old.ended_ms + RUN_KEPT_MS) == 0
    assert runs.folder(old).exists()
    assert drop_old(database, home, old.ended_ms + RUN_KEPT_MS + 1) == 1
    assert not runs.folder(old).exists()
    assert not stray.exists()
    with pytest.raises(Refused):
        runs.read(old.id)
    assert runs.read(live.id).state is State.WAITING


@both_databases
def test_certificates_of_a_team_are_one_file_that_names_who_got_none(runs: RunDesk) -> None:
    """V7, V9 … of the team never served."""
    done = runs.work(runs.ask())
    assert (done.state, done.done, done.people, done.left) == (State.DONE, 7, 3, 4)
    assert {one.code for one in runs.items(done) if one.state == "left"} == {Code.NOTHING_CONFIRMED}
    with ZipFile(runs.folder(done) / done.file) as packed:
        names = packed.namelist()
        assert names == ["清单.csv", "V1.pdf", "V3.pdf", "V5.pdf"]
        assert all(packed.read(name).startswith(b"%PDF") for name in names[1:])
        assert packed.read("清单.csv").decode("utf-8-sig").count("nothing_confirmed") == 4
    assert not (runs.folder(done) / "parts").exists()
    assert (runs.folder(done) / done.file).stat().st_mode & 0o077 == 0


@both_databases
def test_bundled_certificates_are_one_pdf_to_print(runs: RunDesk) -> None:
    done = runs.work(runs.ask(of_all(3, bundled=True)))
    assert (done.file, done.people) == ("certificates.pdf", 3)
    assert len(runs.issued()) == 3


@both_databases
def test_new_ones_in_place_of_the_old_are_issued_once_each_whenever_it_is_killed(
    runs: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the entry in the log and the paper: the worst moment, at each person."""
    runs.work(runs.ask(of_all(3)))
    first = runs.issued()

    class Killed(BaseException):
        """As a kill is."""

    run = runs.ask(of_all(3, again=True, why="new seal"))
    runs.slice()
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(certificates, "write_whole", lambda *_: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                runs.slice(runs.read(run.id))
        runs.desk.clock.now_ms += 1
    done = runs.work(run)
    assert (done.state, done.people) == (State.DONE, 3)
    assert len(runs.issued()) == 2 * len(first), "nobody got two of this run"


def test_parts_that_are_gone_are_made_again_and_nothing_is_issued_twice(runs: RunDesk) -> None:
    run = runs.ask(of_all(3))
    runs.slice()
    runs.slice()
    assert runs.read(run.id).done == 3
    shutil.rmtree(runs.folder(run))
    done = runs.work(run)
    assert (done.state, done.people) == (State.DONE, 3)
    assert len(runs.issued()) == 3
    with ZipFile(runs.folder(done) / done.file) as packed:
        assert len(packed.namelist()) == 4


@both_databases
def test_somebody_elses_team_is_nobody(runs: RunDesk) -> None:
    owner = runs.hire(Grant(StaffRole.DISTRICT, Over.REGION, "R2"), number="V14")
    for asked in (structs.replace(of_all(3), by="", role=""), Badges(team="T2")):
        done = runs.work(runs.ask(asked, owner))
        assert done.state is State.FAILED or done.left == done.total
        assert done.people == 0
    assert runs.issued() == []


def test_badges_of_a_region_are_printed_a_part_at_a_time(
    runs: RunDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.runs.badges.RUN_BADGES_PEOPLE", 10)
    done = runs.work(runs.ask(Badges(region="R1")))
    assert (done.state, done.people, done.left) == (State.DONE, 14, 0)
    with ZipFile(runs.folder(done) / done.file) as packed:
        assert packed.namelist() == ["清单.csv", "000000.pdf", "000010.pdf"]
    assert len(runs.desk.rows("SELECT number FROM badge")) == 14


@pytest.mark.parametrize("asked", [Badges(team="T0"), Badges(numbers=("V' OR 1=1 --", "\0"))])
def test_of_nobody_there_is_nothing_to_print(runs: RunDesk, asked: Badges) -> None:
    failed = runs.work(runs.ask(asked))
    assert (failed.state, failed.code) == (State.FAILED, Code.NOT_FOUND)
