"""Whether the server lives, whether it can work, and figures for whoever watches it."""

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from server.http.metrics import metrics_text
from server.jobs.once import last_runs
from server.models.log import Meta
from server.services import Services

doors = Blueprint("health", __name__)


@doors.get("/healthz")
def alive() -> Response:
    """Say that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@doors.get("/readyz")
def ready() -> Response:
    """Say whether the database answers, and which jobs failed last time: these do not keep kiosks from syncing."""
    services: Services = current_app.extensions["redvest"]
    try:
        with services.database.read() as connection:
            connection.scalar(select(Meta.value).where(Meta.key == "epoch"))
            failed = [ran.name for ran in last_runs(connection) if ran.problem]
    except SQLAlchemyError:
        return Response("database\n", status=503, mimetype="text/plain")
    words = ["ready", *(f"job failed: {name}" for name in failed)]
    return Response("\n".join(words) + "\n", mimetype="text/plain")


@doors.get("/metrics")
def metrics() -> Response:
    """Give figures as Prometheus reads them: of the database, so that it does not matter which process answers."""
    services: Services = current_app.extensions["redvest"]
    try:
        text = metrics_text(services)
    except SQLAlchemyError:
        return Response("database\n", status=503, mimetype="text/plain")
    return Response(text, content_type=CONTENT_TYPE_LATEST)
