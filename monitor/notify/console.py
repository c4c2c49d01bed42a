"""Alerts on the screen: a readable block each, the matched words lit up in their sentence."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from datetime import tzinfo
from itertools import groupby
from typing import ClassVar, Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field

from monitor.model import Severity
from monitor.notify.compose import field_words, sources_words, span_words
from monitor.notify.notifier import Delivered, Message, Outcome, Run, Tools, Transient
from monitor.notify.options import Zone
from monitor.notify.screen import Screen

INDENT = " " * 10  # the width of "10:02:11  "
PLAIN_WIDTH = 100  # columns when the output is no terminal
NARROWEST = 40
WIDEST = 120  # longer lines are hard to read

_OPENING = frozenset("「『《【“‘（([")
_CLOSING = frozenset("，。、；：！？）」』》】”’)]!?,.:;")

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
_MARK = "\x1b[1;33m"  # bold yellow
_LABEL_COLOURS = {
    Severity.CRITICAL: "\x1b[1;97;41m",
    Severity.HIGH: "\x1b[1;31m",
    Severity.LOW: "\x1b[1;33m",
    Severity.INFO: "\x1b[1;36m",
}


class ConsoleOptions(BaseModel):
    """Options of a console channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    color: Literal["auto", "always", "never"] = Field("auto", description="Colours; auto: if the output is a terminal.")
    timezone: Zone = Field(None, description="Clock for times: local, UTC or a name like Europe/Berlin.")


class ConsoleNotifier:
    """Writes to standard output, one block at a time; a reader who pauses holds up this channel only."""

    kind: ClassVar[str] = "console"
    Options: ClassVar[type[BaseModel]] = ConsoleOptions
    follows_sources: ClassVar[bool] = True
    max_in_flight: ClassVar[int] = 1

    def __init__(self, options: ConsoleOptions, tools: Tools) -> None:
        self._out = tools.stdout
        self._screen = Screen(tools.stdout)
        self._zone = options.timezone
        self._color = options.color == "always" or (options.color == "auto" and _is_terminal(tools.stdout))

    async def send(self, message: Message) -> Outcome:
        """Print `message`, waiting as long as nobody reads; a closed output is worth another try, as all its failures.

        The next attempt after one that was given up answers "printed" if the block has come out since.
        """
        try:
            width = _columns(self._out) if _is_terminal(self._out) else PLAIN_WIDTH
            text = block(message, zone=self._zone, color=self._color, width=width)
            await self._screen.write(message.id, text)
        except BrokenPipeError:
            return Transient("standard output is closed: the program that read it has ended")
        except (OSError, ValueError) as error:
            return Transient(f"standard output cannot be written: {error}")
        return Delivered("printed")

    async def close(self) -> None:
        """Let the writing thread end; standard output belongs to the process."""
        self._screen.close()


def block(message: Message, *, zone: tzinfo | None, color: bool, width: int) -> str:
    """Return the lines that tell `message`, ending with an empty one.

    Args:
        message: what to tell.
        zone: the reader's clock, None for this machine's.
        color: ANSI colours; without them the matched words stand in [brackets].
        width: columns of the terminal.
    """
    paint = _Paint(color)
    inner = max(width, NARROWEST) - len(INDENT)
    time = f"{message.time.astimezone(zone):%H:%M:%S}"
    label = paint(
        f" {message.label} " if color and message.label == "CRITICAL" else message.label, _label_colour(message)
    )
    if message.kind == "source":
        told = f"{message.first_headline} — {sources_words(message)}"
        lines = [f"{time}  {label}  {told}", *_source_lines(message, zone, paint, inner)]
    else:
        lines = [f"{time}  {label}  {paint(message.rule, _BOLD)}"]
        lines += [line for change in message.changed for line in paint.wrapped((Run(f"changed: {change}"),), inner)]
        lines += _alert_lines(message, zone, paint, inner)
    return f"\n{INDENT}".join(lines) + "\n\n"


def _alert_lines(message: Message, zone: tzinfo | None, paint: _Paint, width: int) -> list[str]:
    # Brackets in a headline hinder reading; without colours the excerpt below shows the words.
    headline = message.headline_runs if paint.color else (Run(message.headline),)
    lines = [*paint.wrapped(headline, width, style=_BOLD), paint(" · ".join(_facts(message, zone)), _DIM)]
    for excerpt in message.excerpts:
        if not (paint.color and excerpt.in_headline):
            lines += paint.wrapped((Run(field_words(excerpt) + "“"), *excerpt.runs, Run("”")), width)
    lines += [paint(f"note: {note}", _DIM) for note in message.notes]
    if message.link:
        lines.append(message.link)
    if message.kind == "update":
        lines += [paint(line, _DIM) for line in _first(message, inner=width)]
    if message.kind == "drill":  # there is nothing more to show of it
        return lines
    return [*lines, paint(f"rule {message.alert.rule} · more: monitor alerts show {message.alert.id}", _DIM)]


def _first(message: Message, *, inner: int) -> list[str]:
    return ["".join(run.text for run in line) for line in wrap((Run(f"was: {message.first_headline}"),), inner)]


def _source_lines(message: Message, zone: tzinfo | None, paint: _Paint, width: int) -> list[str]:
    source, *facts = _facts(message, zone)
    facts += [message.joined] if message.joined else []
    lines = [*paint.wrapped((Run(f"{source}: {message.headline}"),), width), paint(" · ".join(facts), _DIM)]
    lines += [paint(f"note: {note}", _DIM) for note in message.notes]
    return [*lines, message.link] if message.link else lines


def _label_colour(message: Message) -> str:
    return (
        _LABEL_COLOURS[message.alert.severity] if message.kind in ("new", "update") else _LABEL_COLOURS[Severity.INFO]
    )


def _facts(message: Message, zone: tzinfo | None) -> list[str]:
    """Return the source, its host if that is another, and the age of news."""
    facts = [message.source]
    if message.host and message.host != message.source:
        facts.append(message.host)
    if not message.is_news:
        return facts
    if message.published is None or message.age is None:
        return [*facts, "no date given"]
    local, now = message.published.astimezone(zone), message.time.astimezone(zone)
    day = "" if local.date() == now.date() else f"{local.day} {local:%b} "
    return [*facts, f"published {day}{local:%H:%M}, {span_words(message.age)} ago"]


class _Paint:
    """Colours, or their absence."""

    def __init__(self, color: bool) -> None:  # noqa: FBT001 - private, one flag is all it is
        self.color = color

    def __call__(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self.color else text

    def wrapped(self, runs: Iterable[Run], width: int, *, style: str = "") -> list[str]:
        """Return the runs as lines of at most `width` columns, matched words lit or in brackets."""
        lines: list[str] = []
        for line in wrap(_spelled(runs, brackets=not self.color), width):
            pieces = [
                self(run.text, _MARK if run.marked else style) if run.marked or style else run.text for run in line
            ]
            lines.append("".join(pieces))
        return lines


def _spelled(runs: Iterable[Run], *, brackets: bool) -> Iterable[Run]:
    for run in runs:
        yield Run(f"[{run.text}]", marked=True) if run.marked and brackets else run


def wrap(runs: Iterable[Run], width: int) -> list[list[Run]]:
    """Return `runs` broken into lines of at most `width` columns, at spaces where there are any.

    Chinese, Japanese and Korean characters take two columns and may break anywhere but before a closing sign.
    """
    chars = [(char, run.marked) for run in runs for char in run.text]
    lines: list[list[Run]] = []
    while chars:
        end = _line_end(chars, width)
        lines.append(_as_runs(chars[:end]))
        chars = chars[end:]
        while chars and chars[0][0] == " ":
            del chars[0]
    return lines


def _line_end(chars: list[tuple[str, bool]], width: int) -> int:
    """Return how many characters go into the first line, at least one."""
    used, possible = 0, 0
    for place, (char, _) in enumerate(chars):
        before = chars[place - 1][0] if place else ""
        if before and (char == " " or _may_part(before, char)):
            possible = place
        used += columns(char)
        if used > width:
            return possible or max(place, 1)
    return len(chars)


def _may_part(before: str, after: str) -> bool:
    """Tell whether a line may end between two characters that no space separates."""
    return (_is_wide(before) or _is_wide(after)) and before not in _OPENING and after not in _CLOSING


def _as_runs(chars: list[tuple[str, bool]]) -> list[Run]:
    return [
        Run("".join(char for char, _ in group), marked=marked) for marked, group in groupby(chars, lambda each: each[1])
    ]


def columns(text: str) -> int:
    """Return how many columns a terminal needs for `text`."""
    return sum(0 if unicodedata.combining(char) else 2 if _is_wide(char) else 1 for char in text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def _is_terminal(out: TextIO) -> bool:
    return not out.closed and out.isatty()


def _columns(terminal: TextIO) -> int:
    try:
        return min(os.get_terminal_size(terminal.fileno()).columns or PLAIN_WIDTH, WIDEST)
    except OSError:  # io.UnsupportedOperation is one too
        return PLAIN_WIDTH
