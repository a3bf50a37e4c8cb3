"""Every resource of the API, in the order of the document. A new one is a file with `calls`, and a line here."""

from importlib import import_module

from flask_smorest import Api

RESOURCES = (
    "todo",
    "now",
    "coverage",
    "hours",
    "findings",
    "records",
    "decisions",
    "sweeps",
    "proposals",
    "views",
    "corrections",
    "periods",
    "regions",
    "kiosks",
    "logs",
    "codes",
    "messages",
    "set_aside",
    "reference",
    "people",
    "badges",
    "who_is_who",
    "imports",
    "reports",
    "report_series",
    "report_saved",
    "certificates",
    "exports",
    "bulletins",
    "stars",
    "star_lists",
    "sheets",
    "runs",
    "account",
    "accounts",
    "readings",
)


def register(api: Api) -> None:
    """Serve all resources."""
    for name in RESOURCES:
        api.register_blueprint(import_module(f"server.api.{name}").calls)
