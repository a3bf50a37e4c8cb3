"""The page that explains the API, written from its document: no script, nothing from elsewhere."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template

from server.api.calls import PREFIX

pages = Blueprint("page", __name__, url_prefix=PREFIX, template_folder="templates")
_STYLE = Path(__file__).with_name("docs_page.css")


@pages.get("/docs")
def docs() -> str:
    """Show every call, what it takes and what it gives."""
    document = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].tell()
    return render_template("api.html", document=document, groups=_groups(document), named=_named)


@pages.get("/docs.css")
def style() -> Response:
    """Give the looks of the page."""
    return Response(_STYLE.read_text(encoding="utf-8"), mimetype="text/css")


def register(app: Flask) -> None:
    """Serve the page."""
    app.register_blueprint(pages)


def _groups(document: dict[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Give each resource with its calls, in the order of the document."""
    calls: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, call in methods.items():
            if method != "parameters":
                parameters = [*shared, *call.get("parameters", [])]
                told = {**call, "path": path, "method": method.upper(), "parameters": parameters}
                calls[call["tags"][0]].append(told)
    return [(tag, calls[tag["name"]]) for tag in document["tags"]]


def _named(schema: dict[str, Any]) -> str:
    """Give the type of a value in a few words, and the name of a schema where it has one."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for key in ("anyOf", "allOf"):
        if key in schema:
            return " | ".join(_named(each) for each in schema[key])
    kind = schema.get("type", "any")
    kind = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if "items" in schema:
        return f"{kind} of {_named(schema['items'])}"
    return f"{kind}: {', '.join(map(str, schema['enum']))}" if "enum" in schema else kind
