"""What browsers get of others' work is what its makers published, with its licence."""

import json
from hashlib import sha256
from pathlib import Path

from server import console

HERE = Path(console.__file__).parent
LOCK = json.loads((HERE / "vendor.lock").read_text("utf-8"))


def test_every_vendored_file_is_as_it_was_published() -> None:
    files = {
        file.name: sha256(file.read_bytes()).hexdigest()
        for file in (HERE / "static" / "vendor").iterdir()
    }
    assert files == LOCK["sha256"]
    assert set(files) == {name for package in LOCK["packages"] for name in package["files"]}


def test_every_package_names_its_licence_and_brings_it() -> None:
    for package in LOCK["packages"]:
        assert package["licence"], package["name"]
        assert any("LICENSE" in name for name in package["files"]), package["name"]
