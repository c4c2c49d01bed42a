"""`monitor replay`: the whole middle over articles in order, over a store of its own, thrown away or kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import global_options, run_async
from monitor.cli.lines import ArticlesArgument, lines_of
from monitor.cli.output import ALWAYS_JSON_HELP, Progress, shown_path, write_json
from monitor.cli.rules import RulesOption, require_rules

if TYPE_CHECKING:
    from monitor.model import Article
    from monitor.rules.match import RuleSet


def replay(
    context: typer.Context,
    articles: ArticlesArgument,
    rules: RulesOption = None,
    speed: Annotated[
        float,
        typer.Option(
            metavar="N", min=0, help="Wait between articles as their dates say, N times as fast; 0 = no waiting."
        ),
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help=ALWAYS_JSON_HELP, show_default=False)] = True,
) -> None:
    """Match, find the story, decide, for each article in order; with --state DIR, DIR/replay keeps it.

    Keys: article, story, copy_of, matches (rule ids), alerts (each with rule and kind: new, update or repeat).

    Example: monitor replay articles.jsonl --rules rules/
    """
    run_async(_replay(articles, require_rules(context, rules), speed, state=global_options(context).state))


@contextmanager
def _folder(state: Path | None) -> Iterator[Path]:
    """Yield the folder of the store: one that is kept, or a passing one."""
    if state is None:
        with tempfile.TemporaryDirectory(prefix="monitor-replay-") as folder:
            yield Path(folder)
    else:
        (state / "replay").mkdir(parents=True, exist_ok=True)
        yield state / "replay"


async def _replay(file: Path, rules: RuleSet, speed: float, *, state: Path | None) -> None:
    from monitor.articles.records import read_articles
    from monitor.daemon.replaying import open_replay

    with _folder(state) as folder, Progress("articles") as progress:
        async with open_replay(rules, folder) as judge:
            last: Article | None = None
            for article in read_articles(lines_of(file), name=shown_path(file)):
                await _wait(last, article, speed)
                write_json(await judge(article))
                progress.step()
                last = article


async def _wait(last: Article | None, article: Article, speed: float) -> None:
    """Sleep for the time between two articles' dates, divided by the speed."""
    import asyncio

    if speed and last is not None and last.published and article.published:
        gap = max(timedelta(0), article.published - last.published)
        await asyncio.sleep(gap.total_seconds() / speed)
