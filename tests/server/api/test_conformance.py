"""Whatever is sent, the API answers as its document says: nothing undocumented, nothing malformed, no fault of ours.

schemathesis makes the requests from the document, in process; the same ones each time.
"""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.access.roles import StaffRole
from server.api import create_api
from server.api.guard import LIMIT
from server.config import Config
from server.services import open_services
from tests.server.api.program import token_of
from tests.server.api.town import open_town
from tests.server.builders import ServerClock
from tests.server.staff import EVERYWHERE, hire

EXAMPLES = 8
"""Requests of each call; the whole takes some seconds."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KNOWN = {"volunteer": "V1", "site": "S1", "month": "2026-11", "kind": "sites", "key": "S1"}
"""What is there, so that answers are not all 404."""


@pytest.fixture(scope="module")
def served(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """An API with a few records, and a token that may do everything."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(template, folder / "home")
    clock = ServerClock()
    services = open_services(Config(folder / "home"), clock.clock())
    open_town(services, clock, folder)
    api = create_api(services)
    api.config[LIMIT] = "100000/minute"
    hire(services, "whole", EVERYWHERE[StaffRole.CITY], EVERYWHERE[StaffRole.ADMINISTRATOR])
    yield api, token_of(services, "whole").secret
    services.database.close()


def test_every_answer_is_as_the_document_says(served: tuple[Flask, str]) -> None:
    api, secret = served
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api)
    tried = 0
    turn = itertools.count()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def conforms(case: Case) -> None:
            nonlocal tried
            tried += 1
            number = next(turn)
            if number % 2:  # half of them about what is there
                case.path_parameters = {
                    k: KNOWN.get(k, v) for k, v in (case.path_parameters or {}).items()
                }
            headers = {"Authorization": f"Bearer {secret}"}
            if case.method == "POST":
                headers |= {"Idempotency-Key": f"conformance-{number}"}
            case.call_and_validate(headers=headers, checks=CHECKS)

        conforms()
    assert tried >= 15 * EXAMPLES / 2
