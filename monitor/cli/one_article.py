"""One article that a verb is given: a file, or an address that is fetched and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from monitor.cli.context import require_settings
from monitor.cli.lines import open_lines
from monitor.cli.output import say, shown_path
from monitor.errors import MonitorError, ParseError

if TYPE_CHECKING:
    from monitor.model import Article, ArticleId


def article_in(file: Path, *, id_: str = "article") -> Article:
    """Return the article of a file: JSON, or the first line of JSON Lines.

    Args:
        file: it may be stdin.
        id_: for an article that has none.

    Raises:
        ParseError: it holds no article.
        OSError: it cannot be read.
    """
    from monitor.articles.records import article_from_record

    return article_from_record({"id": id_, "title": "-", **_record(file)}, at=shown_path(file))


def article_at(context: typer.Context, url: str, *, title: str = "", id_: ArticleId | None = None) -> Article:
    """Return the article at an address; of one that cannot be read the headline, if there is one.

    Args:
        context: knows the settings.
        url: it is fetched.
        title: the headline, if it is known.
        id_: the article's id, if it is known; else the address.

    Raises:
        MonitorError: it cannot be read, and nothing is known of it.
    """
    from monitor.articles.records import article_from_record, page_record
    from monitor.cli.articles import read_page
    from monitor.model import ArticleStatus

    page = read_page(require_settings(context), url)
    if page.status in (ArticleStatus.UNREACHABLE, ArticleStatus.HOSTILE):
        why = page.reason or page.status.value
        if not title:
            raise MonitorError(f"{url}: {why}")
        say(f"the page cannot be read ({why}): only its headline is looked at")
    record = {**page_record(page), "id": id_ or url}
    record["title"] = title or record["title"] or url
    return article_from_record(record, at=url)


def _record(file: Path) -> dict[str, Any]:
    with open_lines(file) as lines:
        content = lines.read()
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        try:
            record = json.loads(content.split(b"\n", 1)[0])
        except (ValueError, RecursionError) as error:
            raise ParseError(shown_path(file), f"not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ParseError(shown_path(file), "an article is one JSON object")
    return record
