"""Compose the paper of a bulletin from its figures: the same content gives the same paper, in either language."""

from collections.abc import Iterator

from server.books.rounding import hours_of
from server.bulletins.content import Content, Out, Section
from server.bulletins.figures import GRADES, Figure
from server.bulletins.paper import Block, Heading, Language, Paper, Sentence, Table
from server.bulletins.words import WORDS, Words
from server.papers.press import PAPER_MARK

_HOURS = (Figure.CREDITED, Figure.HELD, Figure.REFUSED, Figure.LOW, Figure.HIGH)
_COUNTS = (Figure.PEOPLE, Figure.RECORDS, Figure.SITES)
_LOG_CHARS = 8
_TIME_CHARS = 16


def compose(content: Content, digest: bytes, language: Language) -> Paper:
    """Write a bulletin. digest: the hash of what is frozen, which the foot of every page prints."""
    words = WORDS[language]
    issue = words.issue.format(number=content.number)
    mark = f"{PAPER_MARK} · " if content.is_demo else ""
    if content.replaces:
        issue += " " + words.replaces.format(replaces=content.replaces)
    return Paper(
        language=language,
        banner=content.title or words.banner,
        issue=issue,
        body=content.body,
        date=shown_date(content.made, language),
        title=words.title.format(name=content.name),
        blocks=tuple(_blocks(content, words, language)),
        foot=mark + words.foot.format(number=content.number, hash=digest.hex()),
    )


def shown_date(iso: str, language: Language) -> str:
    """Write a date as documents do."""
    year, month, day = iso.split("-")
    return iso if language is Language.EN else f"{year}年{int(month)}月{int(day)}日"


def _blocks(content: Content, words: Words, language: Language) -> Iterator[Block]:
    whole, sections = content.sections[0], _shown_sections(content)
    overview, by_section, table, completeness, notes = words.parts
    figures = _shown(whole) | {"name": content.name, "span": _span(content, words, language)}
    yield Heading(overview)
    yield Sentence(
        words.overall.format(**figures) + _space(language) + words.rest.format(**figures)
    )
    yield Sentence(_bounds(content, words, figures))
    if sections:
        yield Heading(by_section)
        yield from (_section(section, content, words) for section in sections)
    yield Heading(table)
    yield _table(content, words)
    yield Heading(completeness)
    yield from _completeness(content, words)
    yield Heading(notes)
    yield from _notes(content, words, whole)


def _span(content: Content, words: Words, language: Language) -> str:
    first, last = (shown_date(day, language) for day in (content.first, content.last))
    form = words.one_day if content.first == content.last else words.span
    return form.format(first=first, last=last)


def _bounds(content: Content, words: Words, figures: dict[str, str]) -> str:
    as_of = words.unknown if content.as_of is None else _minute(content.as_of)
    form = words.final if content.is_final else words.complete
    if not content.complete:
        form = words.provisional if content.out_count else words.unproved
    return form.format(**figures, out=content.out_count, as_of=as_of)


def _section(section: Section, content: Content, words: Words) -> Sentence:
    name = _name(section, content, words)
    form = words.section if section.figures[Figure.RECORDS] else words.none
    return Sentence(form.format(**_shown(section) | {"name": name}))


def _name(section: Section, content: Content, words: Words) -> str:
    if section.key == content.region:
        return words.directly.format(name=content.name)
    return section.name or words.unnamed


def _table(content: Content, words: Words) -> Table:
    whole, sections = content.sections[0], _shown_sections(content)
    columns = (*_COUNTS, Figure.CREDITED, Figure.HELD, Figure.REFUSED, Figure.HIGH)
    rows = [(f"{_name(one, content, words)} {one.key}", one) for one in sections]
    rows.append((f"{words.whole if sections else content.name} {whole.key}", whole))
    return Table(
        words.headings,
        tuple((name, *(_shown(one)[figure] for figure in columns)) for name, one in rows),
        (36, 18, 20, 14, 22, 22, 20, 22),
        has_total=bool(sections),
    )


def _shown_sections(content: Content) -> list[Section]:
    """Give the districts, and what belongs to none of them if there is anything."""
    return [
        one
        for one in content.sections[1:]
        if one.key != content.region or one.figures[Figure.RECORDS]
    ]


def _completeness(content: Content, words: Words) -> Iterator[Block]:
    if not content.out:
        yield Sentence(words.all_in if content.complete else words.none_out)
    else:
        rows = tuple(_out(one, words) for one in content.out)
        yield Table(words.out_headings, rows, (64, 24, 66, 20), words=3)
    if content.out_count > len(content.out):
        yield Sentence(words.out_more.format(shown=len(content.out), out=content.out_count))
    yield Sentence(words.closed.format(months=content.months, closed=content.closed))


def _out(one: Out, words: Words) -> tuple[str, ...]:
    why = words.why[one.why].format(since=_minute(one.since))
    return f"{one.name} {one.site}".strip(), one.log[:_LOG_CHARS], why, str(one.dates)


def _notes(content: Content, words: Words, whole: Section) -> Iterator[Sentence]:
    letters = {letter.lower(): f"{whole.figures[figure]:,}" for letter, figure in GRADES.items()}
    yield Sentence(words.grades.format(**letters), is_small=True)
    for note in words.notes:
        filled = note.format(number=content.number, rows=f"{content.rows:,}")
        yield Sentence(filled, is_small=True)


def _shown(section: Section) -> dict[str, str]:
    """Give figures as they are printed: minutes as hours, rounded once (F4)."""
    hours = {figure.value: f"{hours_of(section.figures[figure]):,}" for figure in _HOURS}
    return hours | {figure.value: f"{section.figures[figure]:,}" for figure in _COUNTS}


def _minute(time: str) -> str:
    """Give a local time to the minute."""
    return time[:_TIME_CHARS].replace("T", " ")


def _space(language: Language) -> str:
    return " " if language is Language.EN else ""
