"""`monitor articles why-joined`: are two articles of one story, by which figures, and what would turn the answer?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import ask_store
from monitor.cli.joins import joined_words
from monitor.cli.one_article import article_at, article_in
from monitor.cli.output import JSON_HELP, write_json, write_line
from monitor.text import clean_line

if TYPE_CHECKING:
    from monitor.model import Article, Grounds, JoinedBy, Report, StoryId
    from monitor.remembered import Copy, Story, TermCounts
    from monitor.store.store import Store
    from monitor.stories.gate import CopyAnswer, Figure, StoryAnswer

WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two articles: as it was given, or what is remembered of it."""

    name: str
    article: Article | None = None
    told: StoryId | None = None  # the story of an article that is remembered
    report: Report | None = None  # of an article that is remembered by an alert
    copy: Copy | None = None  # the text that it told first
    story: Story | None = None
    counts: TermCounts | None = None  # by which the store weighs words


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether two articles are of one story, at which level, and the figures of the gates that were asked."""

    is_joined: bool
    level: JoinedBy | None = None
    score: float | None = None
    grounds: Grounds | None = None
    copy: CopyAnswer | None = None
    story: StoryAnswer | None = None


def why_joined(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="An article: a file, an address, or a remembered id.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The other one.")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Say whether two articles are one story, by which figures, and what would turn the answer; exit 1 if they are not.

    Keys: a, b, joined, level, score, grounds, copy, story; the last two hold figures: name, value, turns, at_least.

    Example: monitor articles why-joined first.json https://example.org/news/1
    """
    sides = _sides(context, one, other)
    verdict = _judge(*sides)
    if json:
        write_json(_record(sides, verdict))
    else:
        for line in _page(verdict):
            write_line(line)
    raise typer.Exit(0 if verdict.is_joined else 1)


def _sides(context: typer.Context, one: str, other: str) -> tuple[Side, Side]:
    given = {name: _given(context, name) for name in (one, other)}
    missing = [name for name, side in given.items() if side is None]
    if missing:

        async def remembered(store: Store) -> list[Side]:
            """Look all of them up."""
            return [await _remembered(store, name) for name in missing]

        given |= dict(zip(missing, ask_store(context, remembered), strict=True))
    first, second = given[one], given[other]
    assert first is not None
    assert second is not None
    return first, second


def _given(context: typer.Context, name: str) -> Side | None:
    """Return a side that is a file or an address, None for an id."""
    from monitor.config.paths import is_existing_file

    if name.startswith(WEB):
        return Side(name=name, article=article_at(context, name))
    return Side(name=name, article=article_in(Path(name), id_=name)) if is_existing_file(Path(name)) else None


async def _remembered(store: Store, name: str) -> Side:
    """Return what the store knows of an article.

    Raises:
        BadParameter: nothing.
    """
    from monitor.cli.stories import find_story
    from monitor.model import ArticleId
    from monitor.stories.frequencies import learned

    told = await find_story(store, name)
    report = next((each for each in told.reports if each.article == name), None) if told else None
    copy = await store.stories.copy(ArticleId(name))
    if told is None or (report is None and copy is None):
        raise typer.BadParameter(f"{name!r} is no file, no address, and no article that is remembered")
    story = told.record.story if told.record else None
    counts = await store.terms.current(learned)
    return Side(name=name, told=told.id, report=report, copy=copy, story=story, counts=counts)


def _judge(one: Side, other: Side) -> Verdict:
    """Return what the monitor makes of both: what it did, if it has judged them, else what it would do."""
    if one.article is None and other.article is None:
        return _as_recorded(one, other)
    earlier, later = _in_order(one, other)
    assert later.article is not None
    return _as_now(earlier, later.article)


def _in_order(one: Side, other: Side) -> tuple[Side, Side]:
    """Return what is remembered and what would come to it; of two that are given the earlier one comes first."""
    if other.article is None:
        return other, one
    if one.article is None or one.article.seen is None or other.article.seen is None:
        return one, other
    return (other, one) if other.article.seen < one.article.seen else (one, other)


def _as_now(earlier: Side, newcomer: Article) -> Verdict:
    from monitor.clock import SystemClock
    from monitor.remembered import Look
    from monitor.stories.frequencies import SEED, weighing
    from monitor.stories.pair import judge_pair, remembered

    now = newcomer.seen or SystemClock().now()
    if earlier.article is not None:
        look = remembered(earlier.article, newcomer, now=earlier.article.seen or now)
    else:
        look = Look(copies=(earlier.copy,) if earlier.copy else (), stories=(earlier.story,) if earlier.story else ())
    frequencies = weighing(earlier.counts) if earlier.counts else SEED
    answer = judge_pair(newcomer, look, frequencies, now=now)
    made = answer.assignment
    return Verdict(
        is_joined=made.joined != "opened",
        level=None if made.joined == "opened" else made.joined,
        score=made.score,
        grounds=made.grounds,
        copy=answer.copy,
        story=answer.story,
    )


def _as_recorded(one: Side, other: Side) -> Verdict:
    """Return what was decided when both articles came, from the alerts and texts that remember them."""
    from monitor.stories.pair import judge_texts

    text = judge_texts(one.copy.longest, other.copy.longest) if one.copy and other.copy else None
    if one.told != other.told:
        return Verdict(is_joined=False, copy=text)
    later = max((side.report for side in (one, other) if side.report), key=_order, default=None)
    level = later.joined if later else "copy"
    return Verdict(
        is_joined=True,
        level=level,
        score=later.score if later else None,
        grounds=later.grounds if later else None,
        copy=text,
    )


def _order(report: Report) -> tuple[bool, datetime]:
    return report.joined != "opened", report.seen


def _page(verdict: Verdict) -> Iterator[str]:
    copy, story = verdict.copy, verdict.story
    if verdict.level is not None:
        yield f"yes: {joined_words(verdict.level, verdict.score, verdict.grounds)}"
        for passage in verdict.grounds.passages if verdict.grounds else ():
            yield f"  “{clean_line(passage)}”"
    elif copy is None and story is None:
        yield "no: too little is known of their texts to compare them, and neither address nor headline says it"
    else:
        yield "no: neither copies of one text nor the same event in other words"
    if copy is not None:
        is_copy, rule = copy.verdict.is_copy, copy.verdict.rule
        yield ""
        yield f"copies: yes, by the rule {rule}" if is_copy else f"copies: no{_REFUSALS.get(rule) or _what_turns(copy)}"
        yield from _figure_lines(copy.figures, holds=is_copy)
    if story is not None and not (copy and copy.verdict.is_copy):
        yield ""
        yield f"the same event: {'yes' if story.tells_same else f'no{_what_turns(story)}'}"
        yield from _figure_lines(story.figures, holds=story.tells_same)


_REFUSALS = {
    "stub": ", the text is a notice that stands under different headlines",
    "round-up": ", one of them tells many things",
    "other-headline": ", each headline names what only its own text tells",
}


def _what_turns(answer: CopyAnswer | StoryAnswer) -> str:
    turning = sum(figure.turns is not None for figure in answer.figures)
    if turning < 2:
        return ""
    return ", all ✗ would have to differ" if answer.is_all_needed else ", one ✗ less would be enough"


def _figure_lines(figures: Sequence[Figure], *, holds: bool) -> Iterator[str]:
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        decides = figure.turns is not None
        mark = " " if not decides else "✓" if holds else "✗"
        needed = f"  needs {_needed(figure)}" if decides else ""
        yield f"  {mark} {figure.name:<{width}}  {_shown(figure, figure.value):>7}{needed}"


def _needed(figure: Figure) -> str:
    return f"{'at least' if figure.at_least else 'at most'} {_shown(figure, figure.turns)}"


def _shown(figure: Figure, value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{max(0, value):.0%}" if figure.is_share else f"{value:.0f}"


def _record(sides: Sequence[Side], verdict: Verdict) -> dict[str, Any]:
    copy, story = verdict.copy, verdict.story
    return {
        "a": sides[0].name,
        "b": sides[1].name,
        "joined": verdict.is_joined,
        "level": verdict.level,
        "score": verdict.score,
        "grounds": verdict.grounds,
        "copy": {"holds": copy.verdict.is_copy, "rule": copy.verdict.rule, "figures": copy.figures} if copy else None,
        "story": {"holds": story.tells_same, "figures": story.figures} if story else None,
    }
