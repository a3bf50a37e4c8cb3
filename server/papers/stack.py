"""Pages of a print, cut into files: nothing is written before all of it is drawn, so that there is all or nothing."""

from pathlib import Path

from server.limits import SHEET_PAGES_MAX
from server.papers.press import Press, Type
from server.whole_file import write_whole


class Stack:
    """One print. Its files are `NAME.pdf`, `NAME-2.pdf` …, of at most so many pages."""

    __slots__ = ("_done", "_foot", "_now_ms", "_pages_max", "_title", "_type", "pages", "press")

    def __init__(
        self, type_: Type, *, title: str, now_ms: int, foot: str, pages_max: int = SHEET_PAGES_MAX
    ) -> None:
        """Begin without a page. foot: what stands under every page."""
        self._type, self._title, self._now_ms, self._foot = type_, title, now_ms, foot
        self._pages_max = pages_max
        self._done: list[bytes] = []
        self.pages = 0
        self.press = self._begin()

    def page(self) -> Press:
        """Begin a page, in another file if this one is full."""
        if self.press.pages >= self._pages_max:
            self._finish()
        self.press.page()
        return self.press

    def save(self, file: Path) -> list[str]:
        """Write the files, for their owner alone: they hold names or codes. Raise `OSError`."""
        if self.press.pages:
            self._finish()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = []
        for number, content in enumerate(self._done, 1):
            place = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
            write_whole(place, [content])
            names.append(str(place))
        return names

    def _finish(self) -> None:
        self._done.append(self.press.output())
        self.pages += self.press.pages
        self.press = self._begin()

    def _begin(self) -> Press:
        return Press(self._type, title=self._title, now_ms=self._now_ms, foot=self._foot)
