"""Whether the server lives, and whether it can work."""

from flask import Blueprint, Response, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from server.models.log import Meta
from server.services import Services

doors = Blueprint("health", __name__)


@doors.get("/healthz")
def alive() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@doors.get("/readyz")
def ready() -> Response:
    """Say whether the database answers."""
    services: Services = current_app.extensions["redvest"]
    try:
        with services.database.read() as connection:
            connection.scalar(select(Meta.value).where(Meta.key == "epoch"))
    except SQLAlchemyError:
        return Response("database\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
