"""`monitor articles`: what the extraction makes of a page."""

from __future__ import annotations

import asyncio
import json as json_module
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import read_user_files, run_async
from monitor.cli.output import Progress, write_json

if TYPE_CHECKING:
    from monitor.articles.extract import ExtractedPage
    from monitor.articles.reader import ArticleReader
    from monitor.daemon.files import Files

app = typer.Typer(help="Articles: extract.", no_args_is_help=True)


@app.callback()
def articles() -> None:
    """Articles: extract."""


@app.command("extract")
def extract(
    context: typer.Context,
    pages: Annotated[list[str] | None, typer.Argument(metavar="[FILE|URL]...", help="HTML files or addresses.")] = None,
    url: Annotated[
        str, typer.Option(help="Address that a FILE was saved from: relative links, canonical address.")
    ] = "",
    batch: Annotated[
        Path | None, typer.Option(help='JSON Lines of {"file": …, "url": …}; paths are relative to the list.')
    ] = None,
) -> None:
    """Print what is read from pages, one JSON object each; exit 1 if a page cannot be opened.

    Keys: file, url, canonical_url, title, authors, published, modified, language, text, status, reason, extractor,
    seconds.

    Example: monitor articles extract saved.html --url https://example.org/news/1
    """
    if not pages and batch is None:
        raise typer.BadParameter("give a FILE, a URL or --batch LIST.jsonl")
    jobs: Iterator[tuple[str, str, Path | None]] = _jobs(pages or [], url, batch)
    failed = run_async(_extract_all(jobs, read_user_files(context)))
    raise typer.Exit(1 if failed else 0)


def _jobs(pages: list[str], url: str, batch: Path | None) -> Iterator[tuple[str, str, Path | None]]:
    """Yield (name to print, address, file or None for a page to fetch)."""
    for page in pages:
        if page.startswith(("http://", "https://")):
            yield page, page, None
        else:
            yield page, url, Path(page)
    if batch is not None:
        with batch.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    name, address = _batch_row(line, f"{batch}:{number}")
                    yield name, address, batch.parent / name


def _batch_row(line: str, at: str) -> tuple[str, str]:
    from monitor.errors import ParseError

    try:
        row = json_module.loads(line)
    except ValueError as error:
        raise ParseError(at, f"not JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("file"), str):
        raise ParseError(at, 'each line must be an object with "file" and, if known, "url"')
    return row["file"], str(row.get("url") or "")


async def _extract_all(jobs: Iterator[tuple[str, str, Path | None]], files: Files) -> bool:
    """Read the pages in the worker pool, as many at once as it has children; print in order. True if one failed."""
    failed = False
    progress = Progress("pages")
    async with _reader(files) as reader:
        waiting: list[tuple[str, asyncio.Task[ExtractedPage]]] = []
        for name, address, file in jobs:
            try:
                body = None if file is None else file.read_bytes()
            except OSError as error:
                typer.echo(f"{name}: error: {error.strerror}", err=True)
                failed = True
                continue
            waiting.append((name, asyncio.create_task(_extract(reader, body, address))))
            if len(waiting) > 2 * files.settings.articles.workers:
                await _print(*waiting.pop(0))
                progress.step()
        for name, task in waiting:
            await _print(name, task)
            progress.step()
    progress.end()
    return failed


async def _extract(reader: ArticleReader, body: bytes | None, address: str) -> ExtractedPage:
    from monitor.articles.extract import PageInput

    if body is None:
        return await reader.read_page(address)
    return await reader.extract(PageInput(body=body, url=address, content_type=""))


async def _print(name: str, task: asyncio.Task[ExtractedPage]) -> None:
    from monitor.articles.records import page_record

    record: dict[str, Any] = page_record(await task, file=name)
    write_json(record)


@asynccontextmanager
async def _reader(files: Files) -> AsyncIterator[ArticleReader]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import article_reader, open_fetcher, open_sandbox
    from monitor.daemon.logs import configure_logs

    configure_logs("error", files.settings.log.format, sys.stderr)
    clock = SystemClock()
    async with open_fetcher(files.settings.network, clock) as fetcher, open_sandbox(files.settings) as sandbox:
        yield article_reader(files.settings, fetcher=fetcher, sandbox=sandbox, clock=clock)
