"""`monitor status`: how everything stands, on one screen: feeds, channels, alerts, what is remembered."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import ask_store
from monitor.cli.output import JSON_HELP, counted, shown_time, write_json, write_line
from monitor.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import Alert
    from monitor.store.deliveries import Depth
    from monitor.store.memory import MemoryStanding
    from monitor.store.store import Store, StoreInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    where: str
    info: StoreInfo
    feeds: Counter[str]  # by how they do: new, ok, failing, gone
    next_poll: datetime | None
    channels: Mapping[str, Depth]
    memory: MemoryStanding
    last_alert: Alert | None


def status(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Show how everything stands; exit 1 if something wants a person: dead letters, or feeds that fail or are gone.

    Keys: store, feeds, next_poll, channels, remembered, last_alert.

    Example: monitor status
    """
    found = ask_store(context, _look)
    if json:
        write_json(_record(found))
    else:
        for line in _lines(found):
            write_line(line)
    raise typer.Exit(1 if _wants_a_person(found) else 0)


async def _look(store: Store) -> _Status:
    from monitor.feeds.learn import standing

    schedule = await store.schedule.all()
    alerts = await store.alerts.list(1)
    return _Status(
        where=store.where,
        info=await store.info(),
        feeds=Counter(standing(state) for state, _ in schedule.values()),
        next_poll=min((due for _, due in schedule.values()), default=None),
        channels={name: await store.deliveries.depth(name) for name in await store.deliveries.channels()},
        memory=await store.memory.standing(),
        last_alert=alerts[0] if alerts else None,
    )


def _wants_a_person(found: _Status) -> bool:
    return any(depth.dead for depth in found.channels.values()) or bool(found.feeds["failing"] + found.feeds["gone"])


def _record(found: _Status) -> dict[str, object]:
    return {
        "store": {"where": found.where, **asdict(found.info)},
        "feeds": dict(found.feeds),
        "next_poll": found.next_poll,
        "channels": {name: _depth_record(depth) for name, depth in found.channels.items()},
        "remembered": {
            "texts": found.memory.texts,
            "bytes": found.memory.bytes,
            "window": found.memory.window.total_seconds(),
            "is_shortened": found.memory.is_shortened,
        },
        "last_alert": found.last_alert and {"id": found.last_alert.id, "created": found.last_alert.created},
    }


def _depth_record(depth: Depth) -> dict[str, object]:
    oldest = None if depth.oldest is None else depth.oldest.total_seconds()
    return {**asdict(depth), "oldest": oldest}


def _lines(found: _Status) -> list[str]:
    lines = [f"store     {_store_words(found)}", f"feeds     {_feed_words(found)}"]
    if not found.channels:
        lines.append("channels  none had a delivery yet")
    for name, depth in sorted(found.channels.items()):
        lines.append(f"channel   {name}: {_depth_words(depth)}")
    lines.append(f"stories   {_memory_words(found.memory)}")
    alert = found.last_alert
    if alert is None:
        return [*lines, "alerts    none yet"]
    return [*lines, f"alerts    last {shown_time(alert.created)}: {clean_line(alert.lead.title)} ({alert.id})"]


def _store_words(found: _Status) -> str:
    info = found.info
    used = f"{info.used_memory_bytes / 1024**2:.1f} MiB"
    limit = f" of {info.max_memory_bytes / 1024**2:.0f} MiB" if info.max_memory_bytes else ""
    return f"{info.server} at {found.where}, {used}{limit} in use"


def _feed_words(found: _Status) -> str:
    if not found.feeds:
        return "none in the schedule: start the daemon with `monitor run`"
    parts = [counted(found.feeds.total(), "feed")]
    parts += [f"{number} {name}" for name, number in sorted(found.feeds.items())]
    hint = "; `monitor feeds list` says why" if found.feeds["failing"] + found.feeds["gone"] else ""
    return f"{', '.join(parts)}; next poll {shown_time(found.next_poll)}{hint}"


def _depth_words(depth: Depth) -> str:
    if not depth.open and not depth.dead:
        return "nothing waits"
    parts = [(depth.waiting, "waiting"), (depth.pending, "being sent"), (depth.delayed, "to be tried again")]
    words = [f"{number} {what}" for number, what in parts if number]
    if depth.oldest is not None:
        words.append(f"the oldest for {_span(depth.oldest)}")
    if depth.dead:
        words.append(f"{counted(depth.dead, 'dead letter')} (`monitor deliveries dead`)")
    return ", ".join(words)


def _memory_words(memory: MemoryStanding) -> str:
    window = f"{memory.window / timedelta(hours=1):g} h" if memory.is_shortened else f"{memory.window.days} days"
    words = f"{counted(memory.texts, 'text')} of the last {window} remembered, about {memory.bytes / 1024**2:.1f} MiB"
    return f"{words}: less time than usual, more room is stories.memory" if memory.is_shortened else words


def _span(span: timedelta) -> str:
    return str(timedelta(seconds=max(0, round(span.total_seconds()))))
