"""Structured logs: readable lines on a terminal, JSON Lines otherwise; always on stderr, since stdout is for alerts."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import Processor

from monitor.text import clean_line

TOLD_ELSEWHERE = frozenset({"daemon_started", "feed_polled", "alert_queued"})

LogFormat = Literal["auto", "console", "json"]


def configure_logs(level: str = "info", form: LogFormat = "auto", stream: TextIO | None = None) -> None:
    """Set up structlog for the process; `auto` picks the console form when the stream is a terminal."""
    stream = stream or sys.stderr
    console = is_console(form, stream)
    processors: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    if console:
        processors += [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.processors.format_exc_info,
            *([] if level == "debug" else [drop_told]),
            render_line,
        ]
    else:
        processors += [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    threshold = getattr(logging, level.upper())
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard logger: their warnings are ours to know, their chatter is not.
    logging.basicConfig(
        level=max(threshold, logging.WARNING), stream=stream, format="%(name)s: %(message)s", force=True
    )


def drop_told(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what a person at a terminal sees anyway: the banner at the start, and the alerts themselves."""
    if event["event"] in TOLD_ELSEWHERE:
        raise structlog.DropEvent
    return event


def render_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return an event as a line for people: time, event, reason, the rest, and the way out."""
    trace = event.pop("exception", "")
    # Ids of entries and the like are foreign text: they must not steer the terminal.
    event = {key: clean_line(value) if isinstance(value, str) else value for key, value in event.items()}
    time, level, name = event.pop("timestamp"), event.pop("level"), str(event.pop("event"))
    reason, hint = event.pop("reason", ""), event.pop("hint", "")
    mark = {"warning": "warn  ", "error": "ERROR ", "critical": "ERROR "}.get(level, "")
    rest = " ".join(f"{key}={value}" for key, value in event.items())
    line = f"{time}  {mark}{name.replace('_', ' ')}"
    for part in (f": {reason}" if reason else "", f"  {rest}" if rest else "", f"  → {hint}" if hint else ""):
        line += part
    return f"{line}\n{trace}" if trace else line


def is_console(form: LogFormat, stream: TextIO | None = None) -> bool:
    """Tell whether logs are lines for people (else JSON)."""
    return form == "console" or (form == "auto" and (stream or sys.stderr).isatty())
