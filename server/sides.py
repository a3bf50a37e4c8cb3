"""Two applications behind one address: the doors of kiosks, which carry nothing they do not need, and what staff work with.

The second is made when it is first asked for: a server that only takes in never loads accounts, forms and templates.
"""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Sides:
    """Sends what lies under some paths to the other application."""

    def __init__(
        self,
        doors: "WSGIApplication",
        paths: tuple[str, ...],
        make: "Callable[[], WSGIApplication]",
    ) -> None:
        """doors: for everything else. make: makes the other application."""
        self._doors = doors
        self._paths = paths
        self._make = make
        self._made: WSGIApplication | None = None
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if any(path == own or path.startswith(f"{own}/") for own in self._paths):
            return self._other()(environ, start)
        return self._doors(environ, start)

    def _other(self) -> "WSGIApplication":
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return self._made
