"""`monitor articles`: what the extraction makes of a page."""

from __future__ import annotations

import json as json_module
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import require_settings, run_async
from monitor.cli.lines import STDIN, existing_file, open_lines
from monitor.cli.output import ALWAYS_JSON_HELP, Progress, say, shown_path, write_json
from monitor.errors import ParseError

if TYPE_CHECKING:
    import asyncio

    from monitor.articles.extract import ExtractedPage
    from monitor.articles.reader import ArticleReader
    from monitor.config.settings import Settings

app = typer.Typer(help="Articles: extract, why-joined.", no_args_is_help=True)

WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A page to read: the bytes of a file or of stdin, or an address to fetch."""

    name: str  # as it was given, and is printed
    url: str
    body: bytes | None = None  # None: fetch the address


@app.command("extract")
def extract(
    context: typer.Context,
    pages: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|URL", help="HTML files or addresses; - is stdin.")
    ] = None,
    url: Annotated[
        str,
        typer.Option(metavar="URL", help="Address that the FILE was saved from: relative links, canonical address."),
    ] = "",
    batch: Annotated[
        Path | None,
        typer.Option(
            metavar="LIST.jsonl",
            callback=existing_file,
            help='Lines of {"file": …, "url": …}; a file is looked for beside the list, then here; - is stdin.',
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=ALWAYS_JSON_HELP, show_default=False)] = True,
) -> None:
    """Print what is read from pages, one JSON object each; exit 1 if a file cannot be opened or an address fetched.

    Keys: file, url, canonical_url, title, authors, published, day_only, modified, language, section, keywords, image,
    free, text, updates, status, reason, extractor, seconds.

    Example: monitor articles extract saved.html --url https://example.org/news/1
    """
    if not pages and batch is None:
        raise typer.BadParameter("give a FILE, a URL or --batch LIST.jsonl", param_hint="FILE|URL")
    if url and (len(pages or []) != 1 or batch is not None):
        raise typer.BadParameter("it is the address of one FILE; give several with --batch", param_hint="--url")
    if url and not url.startswith(WEB):
        raise typer.BadParameter(f"begins with https:// or http://, not {url!r}", param_hint="--url")
    settings = require_settings(context)
    jobs = chain((_argument_job(page, url) for page in pages or []), _batch_jobs(batch) if batch else ())
    failed = run_async(_extract_all(jobs, settings), log_level="error")
    raise typer.Exit(1 if failed else 0)


def _argument_job(page: str, url: str) -> Job | ParseError:
    if "://" in page and not page.startswith(WEB):
        return ParseError(page, "an address begins with https:// or http://")
    return Job(name=page, url=page) if page.startswith(WEB) else _file_job(Path(page), shown_path(page), url)


def _file_job(file: Path, name: str, url: str) -> Job | ParseError:
    try:
        body = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return ParseError(name, getattr(error, "strerror", None) or str(error))
    return Job(name=name, url=url, body=body)


def _batch_jobs(batch: Path) -> Iterator[Job | ParseError]:
    """Yield the pages of a list; a line that names none is yielded as the error it is."""
    with open_lines(batch) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _batch_job(line, f"{shown_path(batch)}:{number}", folder=batch.parent)


def _batch_job(line: bytes, at: str, *, folder: Path) -> Job | ParseError:
    from monitor.config.paths import is_existing_file

    try:
        row = json_module.loads(line)
    except (ValueError, RecursionError) as error:
        return ParseError(at, f"not JSON: {error}; each line must be one object")
    name, url = (row.get("file"), row.get("url")) if isinstance(row, dict) else (None, None)
    if not isinstance(name, str) or not name or not isinstance(url, str | None):
        return ParseError(at, 'each line must be an object with "file" and, if known, "url"')
    beside = folder / name
    return _file_job(beside if is_existing_file(beside) else Path(name), shown_path(name), url or "")


async def _extract_all(jobs: Iterable[Job | ParseError], settings: Settings) -> bool:
    """Read the pages in the worker pool, as many at once as it has children; print in order. True if one failed."""
    import asyncio

    failed = False
    progress = Progress("pages")
    waiting: deque[tuple[Job, asyncio.Task[ExtractedPage]]] = deque()
    async with _reader(settings) as reader:
        try:
            for job in jobs:
                if isinstance(job, ParseError):
                    say(f"error: {job}")
                    failed = True
                    continue
                waiting.append((job, asyncio.create_task(_extract(reader, job, settings))))
                if len(waiting) > 2 * settings.articles.workers:
                    failed |= not await _print(*waiting.popleft())
                    progress.step()
            while waiting:
                failed |= not await _print(*waiting.popleft())
                progress.step()
        finally:
            for _, task in waiting:
                task.cancel()
    progress.end()
    return failed


async def _extract(reader: ArticleReader, job: Job, settings: Settings) -> ExtractedPage:
    from monitor.articles.extract import PageInput

    if job.body is None:
        return await reader.read_page(job.url)
    detect = settings.articles.language_detection
    return await reader.extract(PageInput(body=job.body, url=job.url, content_type="", detect_language=detect))


def read_page(settings: Settings, url: str) -> ExtractedPage:
    """Return what is read from the page at an address; one that does not answer says so in its status."""

    async def read() -> ExtractedPage:
        """Read one page through the worker pool."""
        async with _reader(settings) as reader:
            return await reader.read_page(url)

    return run_async(read(), log_level="error")


async def _print(job: Job, task: asyncio.Task[ExtractedPage]) -> bool:
    """Print a page; False if there was none: the address does not answer, or may not be asked."""
    from monitor.articles.records import page_record
    from monitor.model import ArticleStatus

    page = await task
    write_json(page_record(page, file=job.name))
    return job.body is not None or page.status not in (ArticleStatus.UNREACHABLE, ArticleStatus.HOSTILE)


@asynccontextmanager
async def _reader(settings: Settings) -> AsyncIterator[ArticleReader]:
    from monitor.articles.page_hosts import NoMemory
    from monitor.clock import SystemClock
    from monitor.daemon.build import article_reader, open_fetcher, open_sandbox

    clock = SystemClock()
    async with open_fetcher(settings.network, clock) as fetcher, open_sandbox(settings) as sandbox:
        yield article_reader(settings, fetcher=fetcher, sandbox=sandbox, clock=clock, hosts=NoMemory())
