"""The address that browsers use, whatever a request says of itself: links that lead back here cannot be bent by a forged host."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def at_public_address(application: "WSGIApplication", public_url: str) -> "WSGIApplication":
    """Let an application believe that it is asked at its public address ("": as the request says)."""
    if not public_url:
        return application
    public = urlsplit(public_url)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = public.scheme
        environ["HTTP_HOST"] = public.netloc
        return application(environ, start)

    return answer
