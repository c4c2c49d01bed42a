"""Structured logs: readable lines on a terminal, JSON Lines otherwise; always on stderr, since stdout is for alerts."""

from __future__ import annotations

import logging
import sys
from typing import Literal, TextIO

import structlog
from structlog.typing import Processor

LogFormat = Literal["auto", "console", "json"]


def configure_logs(level: str = "info", form: LogFormat = "auto", stream: TextIO | None = None) -> None:
    """Set up structlog for the process; `auto` picks the console form when the stream is a terminal."""
    stream = stream or sys.stderr
    console = is_console(form, stream)
    processors: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    if console:
        processors += [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            # Rich tracebacks would cost 160 ms of import for something that should never be shown.
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=22
            ),
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


def is_console(form: LogFormat, stream: TextIO | None = None) -> bool:
    """Tell whether logs are lines for people (else JSON)."""
    return form == "console" or (form == "auto" and (stream or sys.stderr).isatty())
