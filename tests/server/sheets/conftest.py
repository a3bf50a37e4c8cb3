"""A server with the field in."""

from pathlib import Path

import pytest

from server.services import Services
from tests.server.sheets.field import settle


@pytest.fixture
def field(services: Services, tmp_path: Path) -> Services:
    """The field of the test's own."""
    settle(services, tmp_path)
    return services
