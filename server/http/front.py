"""The bare address leads staff to the console."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

doors = Blueprint("front", __name__)


@doors.get("/")
def front() -> Response:
    """Lead on to the console."""
    return redirect("/console/")
