"""Write `docs/openapi.json`, the copy of the API's document: `python -m tests.server.api.make_openapi`. A test compares."""

import json
import tempfile
from pathlib import Path
from typing import Any

from server.api import create_api
from server.config import Config
from server.services import open_services
from server.setup import set_up
from tests.docs.make_limits import ROOT
from tests.server.builders import ServerClock

COPY = ROOT / "docs" / "openapi.json"


def written(document: dict[str, Any]) -> str:
    """Give the text of a document: the same for the same calls, a line a value."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the copy."""
    with tempfile.TemporaryDirectory() as folder:
        clock = ServerClock().clock()
        set_up(Config(Path(folder) / "home"), clock)
        services = open_services(Config(Path(folder) / "home"), clock)
        found = create_api(services).test_client().get("/api/v1/openapi.json").get_json()
        services.database.close()
    COPY.write_text(written(found), encoding="utf-8")


if __name__ == "__main__":
    main()
