"""Every resource of the API, in the order of the document. A new one is a file with `calls`, and a line here."""

from importlib import import_module

from flask_smorest import Api

RESOURCES = (
    "hours",
    "findings",
    "records",
    "decisions",
    "corrections",
    "periods",
    "kiosks",
    "set_aside",
    "reference",
    "people",
    "imports",
    "certificates",
    "exports",
    "bulletins",
)


def register(api: Api) -> None:
    """Serve all resources."""
    for name in RESOURCES:
        api.register_blueprint(import_module(f"server.api.{name}").calls)
