"""I9 at the API: every route × every role × an object of another district. Built from the route table, so none is forgotten.

Whoever adds a call with something in its address or body says here what it looks like when it is about somebody else's.
"""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from schemas.entry import WalkIn
from schemas.vocabulary import Action
from server.access.audit import Read, note_reading
from server.access.grant import Grant, Over
from server.access.part import EVERYTHING
from server.access.roles import StaffRole
from server.accounts import sessions
from server.api import create_api
from server.api.guard import LIMIT, RIGHTS
from server.books.dates import local_day
from server.books.decisions.correct import Said, correct
from server.books.decisions.decide import Reasons, decide
from server.books.decisions.draft import Wish
from server.books.decisions.merge import merge
from server.books.decisions.propose import Proposer, propose
from server.books.decisions.sweep import Beginning, begin_sweep, gather
from server.books.review.look import look
from server.books.review.sought import Sought
from server.books.review.standing import State
from server.config import Config
from server.fleet.codes import list_codes
from server.fleet.tell import tell
from server.imports import uploads
from server.imports.kinds import KINDS
from server.intake.enrol import make_codes
from server.intake.messages import lasting
from server.models.log import SetAside
from server.runs.ask import Owner, ask
from server.runs.asked import Report as ReportAsked
from server.services import Services, open_services
from sync.walk_in import seal_details
from tests.server.api import papers
from tests.server.api.program import Program, facts, token_of
from tests.server.api.town import open_town
from tests.server.books.desk import CITY, Desk
from tests.server.books.world import derive
from tests.server.builders import (
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import import_text
from tests.server.staff import hire

WALK_IN = "TAAAAAA-7K2M"
FOREIGN = ("S9", "T9", "R2", "V91", "V92", "平桥", "王九", "P9", "H9", WALK_IN)
"""What nobody of R1 may read anywhere."""
ALIKE = "number,name,phone,team\nV93,王九三,13900000092,T9\nV94,王九四,,T9\n"
KEYS = {
    "regions": "R2", "teams": "T9", "volunteers": "V91", "sites": "S9", "posts": "P9", "shifts": "H9",
    "assignments": "H9~V91", "activities": "A9", "trainings": "V91~消毒~20000", "insurances": "V91~PX~20000",
    "policies": "~S9~day_minutes~0",
}  # fmt: skip
CELLS = {
    "regions": {"code": "R2", "name": "x", "parent": ""},
    "teams": {"code": "T9", "name": "x", "region": "R2"},
    "volunteers": {"number": "V91", "name": "x", "team": "T9"},
    "sites": {"code": "S9", "name": "x", "kind": "gate", "region": "R2"},
    "posts": {"code": "P9", "site": "S9", "name": "x"},
    "shifts": {"code": "H9", "post": "P9", "start": "2026-11-02T08:00", "end": "2026-11-02T09:00"},
    "assignments": {"shift": "H9", "volunteer": "V92"},
    "activities": {"code": "A9", "name": "x", "site": "S9"},
    "trainings": {"volunteer": "V91", "name": "x", "date": "2026-11-01"},
    "insurances": {"volunteer": "V91", "policy": "PX", "from": "2026-11-01"},
    "policies": {"site": "S9", "from": "2026-11-01", "key": "day_minutes", "value": "600"},
}


PRINTED = ("issuer", "responsible", "handler", "contact")
"""What a certificate says of who issues it."""


EMPTY = {
    "set_aside.browse",
    "imports.changes",
    "regions.adjustments",
    "runs.browse",
    "runs.fetch",
    "runs.one",
}
"""Calls about what this town has none of; their use cases have tests of their own for what lies outside."""

NAMELESS = {
    "logs.entries",
    "set_aside.one",
    "corrections.decisions",
    "sweeps.browse",
    "views.browse",
    "todo.landing",
    "now.totals",
    "account.own",
    "account.lasting",
    "account.held",
}
"""Calls that name no place and nobody, or tell only what is one's own."""

OWN = {"views.keep", "views.forget", "runs.report"}
"""Calls that change what is one's own, and nothing else."""


def _set_aside(desk: Desk, author: Author) -> int:
    """Push a batch of the other district's kiosk that cannot be accepted; give its number."""
    author.boot(START_MS)
    wire = bytearray(author.batch())
    wire[-1] ^= 1
    push(desk.client, bytes(wire))
    with desk.services.database.read() as connection:
        number = connection.scalar(select(func.max(SetAside.id)))
    assert number, "it was accepted"
    return number


def _walk_in(desk: Desk) -> None:
    """Let somebody be taken in at the other district's kiosk."""
    kiosk = make_author("their walk-ins")
    enrol_at(desk.services, kiosk, "S9")
    kiosk.boot(START_MS)
    sealed = seal_details(desk.services.signer.keys.seal_public, {"name": "王九一"})
    stamp = kiosk.stamp(START_MS + HOUR_MS)
    kiosk.add(WalkIn(*stamp, WALK_IN, "", sealed, "plain", "V13"))
    kiosk.contact(START_MS + 40 * HOUR_MS, desk.services.signer.keys.identity)
    assert push(desk.client, kiosk.batch()).status_code == 200


class Elsewhere:
    """A server with two districts, and what lies in the other one."""

    def __init__(self, services: Services, clock: ServerClock, folder: Path) -> None:
        desk = open_town(services, clock, folder)
        for kind, text in (
            ("volunteers", ALIKE),
            ("posts", "code,site,name,role,capacity,needs\nP9,S9,登记,registration,2,\n"),
            ("shifts", "code,post,start,end,needed\nH9,P9,2026-11-02T08:00,2026-11-02T12:00,1\n"),
            ("assignments", "shift,volunteer\nH9,V91\n"),
        ):
            import_text(services, folder, kind, text)
        self.services = services
        self.record = bytes(desk.records("V91")[0].id).hex()
        wish = Wish("V91", self.record, Action.APPROVE)
        done = decide(services.database, services.central, CITY, wish, Reasons("seen"))
        said = Said("V92", "S9", b"", START_MS, START_MS + 60_000, START_MS, "我去了")
        self.decision = done.decisions[0]
        self.request = correct(services.database, services.central, said).request
        derive(services)
        _walk_in(desk)
        self.log = str(make_author("other district").log)
        self.batch = _set_aside(desk, make_author("other district"))
        clock.now_ms = max(clock.now_ms, START_MS + 200 * 86_400_000)
        self.staff = _Staff(desk)
        self.papers = papers.put_on_paper(
            services, clock, folder, site="S9", region="R2", who="V92"
        )

    def addresses(self, rule: Any) -> Iterator[dict[str, str]]:
        """Give what may stand in a rule's address, of the other district."""
        values = {
            "record": self.record, "volunteer": "V91", "decision": self.decision, "request": self.request,
            "site": "S9", "month": "2026-11", "log": self.log, "batch": str(self.batch),
            "region": "R2", **self.staff.addresses(), **self.papers.addresses(),
        }  # fmt: skip
        if rule.endpoint == "who_is_who.walk_in":
            values["volunteer"] = WALK_IN
        if "kind" in rule.arguments:
            yield from ({"kind": kind, "key": KEYS[kind]} for kind in KINDS)
        else:
            on_list = {"volunteer": "V92"} if "entry" in rule.arguments else {}
            yield {name: {**values, **on_list}[name] for name in rule.arguments}

    def body(self, endpoint: str, address: dict[str, str]) -> dict[str, Any]:
        """Give a body that would do something there."""
        why = {"why": "seen on duty"}
        bodies: dict[str, dict[str, Any]] = {
            "records.settle": why | {"volunteer": "V91", "action": "refuse"},
            "decisions.sweep": why | {"rule": "B6", "action": "approve", "site": "S9"},
            "decisions.undo": why,
            "corrections.answer": why | {"outcome": "declined"},
            "periods.close": why,
            "kiosks.confirm_log": {"site": "S1"},
            "kiosks.revoke_log": {"lost": "2026-11-03T08:00+08:00", "reason": "lost"},
            "kiosks.make": {"sites": ["S1", "S9"]},
            "people.accept": why | {"into": "V1"},
            "people.merge_into": why | {"into": "V2"},
            "people.revoke_badges": {"reason": "lost"},
            "badges.picture": {},
            "badges.reissue": {"people": ["V1", "V91"], "reason": "lost"},
            "imports.run": {},
            "imports.drop": {},
            "set_aside.try_again": {},
            "set_aside.keep": {"note": "looked at"},
            "messages.send": {"sites": ["S1", "S9"], "text": "撤离"},
            "messages.end": {},
            "codes.end": {},
            "sweeps.begin": {"action": "approve", "site": "S9"},
            "sweeps.go_on": {},
            "sweeps.decide": why,
            "sweeps.undo": why,
            "proposals.make": why | {"volunteer": "V91", "action": "refuse"},
            "proposals.confirm": {},
            "proposals.withdraw": {},
            "views.keep": {"name": "mine", "filters": {"rule": "B6"}},
            "views.forget": {"name": "theirs"},
            "corrections.ask": {"volunteer": "V91", "site": "S9", "said": "我去了"},
            "regions.close": why,
            "who_is_who.unmerge": why,
            "runs.certificates": {"team": "T9"} | dict.fromkeys(PRINTED, "x"),
            "runs.badges": {"team": "T9"},
            "runs.report": {"by": "site", "only": {"sites": ["S9"]}},
            "runs.stop": {},
            "account.end_session": {},
            "account.revoke_token": {},
            "accounts.close": {},
            "certificates.withdraw_one": why,
            **papers.BODIES,
            "reference.save": {"cells": CELLS.get(address.get("kind", ""), {})},
        }
        return bodies[endpoint]


class _Staff:
    """What staff of the other district did, and their accounts."""

    def __init__(self, desk: Desk) -> None:
        services = desk.services
        self.account = hire(services, "their.viewer", Grant(StaffRole.VIEWER, Over.REGION, "R2"))
        self.token = token_of(services, "their.viewer").token.id
        now = services.signer.clock.wall_ms()
        everywhere = (services.database, services.central, EVERYTHING)
        tell(*everywhere, ["S9"], "留意", until_ms=now + 86_400_000, by="their.viewer")
        (made,) = make_codes(services.database, services.signer, ["S9"], "their.viewer")
        merged = merge(services.database, services.central, CITY, "V94", "V91", "same")
        self.merger = merged.entry
        derive(services)
        theirs = self.account.account
        with services.database.read() as connection:
            self.message = lasting(connection, now)[0].key
            self.code = list_codes(connection, EVERYTHING, now, before=None, limit=1)[0].id
            looked = look(connection, EVERYTHING, "V92", bytes(desk.records("V92")[0].id).hex())
            assert looked is not None
            sought = Sought(state=State.DECIDED, site="S9")
            begun = Beginning(theirs, "ST-their", now, Action.REFUSE, "site=S9", sought, None)
            found = gather(connection, EVERYTHING, begun)
        wish = Wish("V92", looked.entry.hex(), Action.REFUSE)
        proposer = Proposer(theirs, "ST-their", now)
        with services.database.write_facts() as connection:
            note_reading(connection, now, Read("their.viewer", "person", "V91", 1))
            secret = sessions.begin(connection, theirs, "theirs", now)
            self.session = sha256(secret.encode()).hexdigest()
            self.proposal = propose(connection, proposer, looked, wish, Reasons("seen"))
            self.sweep = begin_sweep(connection, begun, found).hex()
        asked = ReportAsked("site", "csv")
        self.run = ask(services.database, Owner("their.viewer"), asked, "S9", now)
        handed = uploads.new("teams", "平桥.csv", "their.viewer", local_day(now), now)
        uploads.take(services.config.home, BytesIO(b"code,name\nT8,x\n"), handed)
        self.upload = handed.id
        assert made

    def addresses(self) -> dict[str, str]:
        """Give what stands for them in addresses."""
        return {
            "account": str(self.account.account), "token": str(self.token), "session": self.session,
            "message": self.message, "code": self.code, "proposal": str(self.proposal),
            "sweep": self.sweep, "run": self.run, "merger": self.merger, "upload": self.upload,
        }  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """A server on which nobody of R1 changes anything."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(template, folder / "home")
    clock = ServerClock()
    services = open_services(Config(folder / "home"), clock.clock())
    yield Elsewhere(services, clock, folder)
    services.database.close()


@pytest.fixture(scope="module")
def strict_api(elsewhere: Elsewhere) -> Flask:
    """Its API, without a limit of calls."""
    api = create_api(elsewhere.services)
    api.config[LIMIT] = "100000/minute"
    return api


def stable(services: Services) -> dict[str, int]:
    """Count facts, without what is one's own: the note that a list was read, the answer to a sweep that found nothing."""
    own = ("reading", "given_answer", "saved_view", "run")
    return {name: rows for name, rows in facts(services).items() if name not in own}


def _is_empty_sweep(endpoint: str, body: dict[str, Any]) -> bool:
    """Tell whether a sweep was done and came to nothing: what is outside the part is not there for it."""
    return endpoint == "decisions.sweep" and body["records"] == 0 and body["left_out"] == []


@pytest.mark.parametrize("role", list(StaffRole))
def test_no_call_of_any_role_reads_or_changes_what_is_anothers(
    elsewhere: Elsewhere, strict_api: Flask, role: StaffRole
) -> None:
    services = elsewhere.services
    hire(services, f"{role}.r1", Grant(role, Over.REGION, "R1"))
    program = Program.of(strict_api, services, f"{role}.r1")
    before = stable(services)
    tried = 0
    for rule in strict_api.url_map.iter_rules():
        if rule.endpoint not in RIGHTS:
            continue
        for address in elsewhere.addresses(rule):
            tried += 1
            used = {k: v for k, v in address.items() if k in rule.arguments}
            path = _path(strict_api, rule.endpoint, used)
            if "PUT" in (rule.methods or ()):
                answer = program.put(path, b"code,name\nX,x\n", kind="teams", name="t.csv")
            elif "POST" in (rule.methods or ()):
                answer = program.post(path, elsewhere.body(rule.endpoint, address), seen="*")
            else:
                answer = program.get(path, **_query(rule.endpoint))
            told = _told(answer)
            where = (rule.rule, address, answer.status_code, told)
            # 500 would be a leak's neighbour: whatever is refused is refused in words
            assert answer.status_code < 500, where
            if rule.endpoint in OWN:
                assert answer.status_code in (200, 202, 403), where
            elif answer.status_code == 200 and _is_list(rule, used):
                text = json.dumps(told, ensure_ascii=False)
                assert not any(each in text for each in FOREIGN), where
            elif not (answer.status_code == 200 and _is_empty_sweep(rule.endpoint, told)):
                if _is_empty_list(rule.endpoint, told):
                    continue
                assert answer.status_code in (403, 404, 422), where
    assert stable(services) == before
    assert tried > 30


def _is_empty_list(endpoint: str, body: dict[str, Any]) -> bool:
    """Tell whether a list of stars would be of nobody: who is outside the part is not there for it."""
    return endpoint == "star_lists.put_up" and body["code"] == "nothing_confirmed"


def _told(answer: TestResponse) -> Any:
    """Give what is told: a file as the text that it is, or may be."""
    return (
        answer.get_json()
        if answer.mimetype.endswith("json")
        else answer.get_data().decode("utf-8", "replace")
    )


def _path(api: Flask, endpoint: str, address: dict[str, str]) -> str:
    with api.test_request_context():
        from flask import url_for

        return url_for(endpoint, **address).removeprefix("/api/v1")  # type: ignore[arg-type] # names of the rule


def _query(endpoint: str) -> dict[str, str]:
    """Give what a list has to be asked with to be about everything, the other district first."""
    return {
        "findings.browse": {"state": "decided"},
        "records.browse": {"site": "S9"},
        "periods.browse": {"month": "2026-11"},
        "periods.completeness": {"from": "2026-11-01", "to": "2026-11-03"},
        "reference.find_people": {"q": "王"},
        "corrections.browse": {"all": "true"},
        "who_is_who.merge_effect": {"into": "V92"},
        **papers.QUERIES,
    }.get(endpoint, {})


def _is_list(rule: Any, used: dict[str, str]) -> bool:
    return "GET" in rule.methods and (rule.endpoint == "reference.browse_kind" or not used)


def test_the_same_calls_do_reach_what_is_there(elsewhere: Elsewhere, strict_api: Flask) -> None:
    """Without this the matrix could pass because its objects do not exist."""
    hire(
        elsewhere.services,
        "whole.city",
        Grant(StaffRole.CITY, Over.ALL),
        Grant(StaffRole.ADMINISTRATOR, Over.ALL),
    )
    program = Program.of(strict_api, elsewhere.services, "whole.city")
    for rule in strict_api.url_map.iter_rules():
        if rule.endpoint in RIGHTS and "GET" in (rule.methods or ()):
            for address in elsewhere.addresses(rule):
                if address.get("kind") in ("activities", "trainings", "insurances", "policies"):
                    continue  # nobody entered any there
                if rule.endpoint in EMPTY | papers.OWN:
                    continue
                used = {k: v for k, v in address.items() if k in rule.arguments}
                path = _path(strict_api, rule.endpoint, used)
                answer = program.get(path, **_query(rule.endpoint))
                assert answer.status_code == 200, (rule.rule, answer.text)
                text = json.dumps(_told(answer), ensure_ascii=False)
                is_drawn = "json" not in answer.mimetype and "csv" not in answer.mimetype
                if rule.endpoint not in NAMELESS | papers.NAMELESS and not is_drawn:
                    assert any(each in text for each in FOREIGN), (rule.rule, text[:300])
