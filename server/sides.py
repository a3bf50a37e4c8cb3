"""Several applications behind one address: the doors of kiosks, which carry nothing they do not need, and what staff work with.

Each of the others is made when it is first asked for: a server that only takes in never loads accounts, forms and templates.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Sides:
    """Sends what lies under some paths to other applications."""

    def __init__(
        self,
        doors: "WSGIApplication",
        others: "Mapping[str, Callable[[], WSGIApplication]]",
    ) -> None:
        """doors: for everything else. others: what makes the application for a path and all below it."""
        self._doors = doors
        self._others = others
        self._made: dict[str, WSGIApplication] = {}
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        for top in self._others:
            if path == top or path.startswith(f"{top}/"):
                return self._other(top)(environ, start)
        return self._doors(environ, start)

    def _other(self, top: str) -> "WSGIApplication":
        with self._lock:
            if top not in self._made:
                self._made[top] = self._others[top]()
        return self._made[top]
