"""The version that a change is based on: the `ETag` of what was read comes back as `If-Match` (RFC 9110, 13.1.1).

Tags are the tokens by which use cases notice that something changed meanwhile (`server.books.decisions.decide`).
"""

from flask import request

from schemas.vocabulary import Code
from sync.errors import Refused

_TAG_CHARS_MAX = 80


def tag(seen: str) -> dict[str, str]:
    """Give the header that tells the version of what is answered."""
    return {"ETag": f'"{seen}"'}


def seen() -> str:
    """Give the version that this request is based on; "" for `*`: whatever is there, as long as nobody has decided on it.

    Raise `Refused`: `seen_needed` where it does not say; `changed_since` for what can be no version of ours.
    """
    if "If-Match" not in request.headers:
        raise Refused(Code.SEEN_NEEDED, "If-Match: the ETag of what you looked at")
    tags = request.if_match
    if tags.star_tag:
        return ""
    strong = tags.as_set()
    [only] = strong if len(strong) == 1 else [""]
    if not only or len(only) > _TAG_CHARS_MAX:
        raise Refused(Code.CHANGED_SINCE, "If-Match: one strong tag expected")
    return only
