"""How posts were covered over a date: a bar each, from real scans, with what its shifts expect beneath."""

from collections.abc import Callable
from re import fullmatch

from flask import render_template, request, url_for

from server.access.roles import Right
from server.books.dates import iso_date, local_day
from server.console import here
from server.console.now import bars
from server.console.now.asked import read_day, read_region, read_words
from server.console.now.board import read_regions
from server.console.now.doors import pages
from server.limits import COVERED_POSTS_SHOWN
from server.now.coverage import Kind, read_coverage
from server.now.ground import Wanted, read_posts, read_sites

_AFTER = r"[0-9A-Za-z-]{1,20}\.[0-9A-Za-z-]{1,20}"


@pages.page("/now/coverage", needs=Right.SEE)
def coverage() -> str:
    """Show how posts were covered over a date."""
    now = here.now_ms()
    today = local_day(now)
    day, region, words = read_day(today), read_region(), read_words()
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        sites = {
            site.code: site for site in read_sites(connection, part, day, Wanted(region, words))
        }
        posts = [post for post in read_posts(connection, part, day, Wanted()) if post.site in sites]
        start = _after()
        rest = [post for post in posts if (post.site, post.code) > start]
        shown = rest[:COVERED_POSTS_SHOWN]
        days = read_coverage(connection, part, shown, day, now)
        regions = read_regions(connection, part)
    address = _addresses(day, region, words)
    last = shown[-1] if len(rest) > len(shown) else None
    return render_template(
        "now/coverage.html",
        day=day,
        today=today,
        region=region,
        words=words,
        now=now,
        days=days,
        sites=sites,
        count=len(posts),
        regions=regions,
        Kind=Kind,
        bars=bars,
        address=address,
        first=address(day=day) if request.args.get("after") else "",
        after=address(after=f"{last.site}.{last.code}") if last else "",
    )


def _after() -> tuple[str, str]:
    text = request.args.get("after", "")
    if fullmatch(_AFTER, text) is None:
        return "", ""
    site, _, post = text.partition(".")
    return site, post


def _addresses(day: int, region: str, words: str) -> Callable[..., str]:
    """Make what gives addresses of this page: as it is, with changes."""

    def address(**changes: object) -> str:
        told: dict[str, object] = {"day": day, "region": region, "q": words, **changes}
        told["day"] = iso_date(int(str(told["day"])))
        return url_for("now.coverage", **{key: value for key, value in told.items() if value})  # type: ignore[arg-type] # texts

    return address
