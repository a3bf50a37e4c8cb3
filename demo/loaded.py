"""What `forked.py` loads before it forks: what the programs load when they are called."""

import importlib
import pkgutil

import kiosk.cli
import kiosk.picture
import kiosk.scan
import server.cli

for _package in (kiosk.cli, server.cli):
    for _module in pkgutil.iter_modules(_package.__path__, f"{_package.__name__}."):
        if not _module.name.endswith((".run", ".fetch_fonts")):
            importlib.import_module(_module.name)
