"""`monitor rules explain`: why a rule holds for an article, or what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import ask_store
from monitor.cli.lines import existing_file
from monitor.cli.one_article import article_at, article_in
from monitor.cli.output import JSON_HELP, write_json, write_line
from monitor.cli.rules import RulesOption, read_rule_files
from monitor.errors import MonitorError
from monitor.text import clean_line

if TYPE_CHECKING:
    from monitor.model import Article, Evidence
    from monitor.rules.explain import Explained
    from monitor.rules.match import WrittenRule
    from monitor.rules.read import ReadRules

MOST_SHOWN = 3  # places of one part of a condition
MOST_OF_A_LINE = 160  # characters
AROUND = 60  # characters of a sentence before and after the words found


def explain(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id.")],
    article: Annotated[
        Path | None,
        typer.Option(
            "--article",
            metavar="FILE.json",
            callback=existing_file,
            help="An article as JSON, or the first line of JSON Lines; - is stdin.",
        ),
    ] = None,
    url: Annotated[str, typer.Option("--url", metavar="URL", help="An address: it is fetched and read.")] = "",
    alert: Annotated[
        str, typer.Option("--alert", metavar="ID", help="The article of an alert, read again at its address.")
    ] = "",
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="A text of your own.")] = "",
    rules: RulesOption = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show a rule's condition as a tree: ✓ and ✗ for each part, the words found in their sentence, the nearest miss.

    Keys: rule, article, matches, miss, tree; a tree has asks, holds, note, evidence, parts.

    Example: monitor rules explain us-china-talks --text "Xi and Trump will meet in Beijing for talks"
    """
    from monitor.clock import SystemClock
    from monitor.rules.explain import explain as explain_rule
    from monitor.rules.explain import nearest_miss
    from monitor.rules.volume import is_in_force

    if sum(map(bool, (article, url, alert, text))) != 1:
        raise typer.BadParameter("give one of --article, --url, --alert, --text", param_hint="--article")
    read = read_rule_files(context, rules)
    written = _written(read, rule)
    about = _article(context, article, url=url, alert=alert, text=text)
    tree = explain_rule(written.condition, about, street_words=read.street_words)
    miss = nearest_miss(tree, written.condition)
    if json:
        write_json({"rule": rule, "article": about.id, "matches": tree.holds, "miss": miss, "tree": _tree_record(tree)})
        return
    write_line(f'{rule} {"matches" if tree.holds else "does not match"} "{clean_line(about.title or about.text, 100)}"')
    if miss:
        write_line(clean_line(miss, 1_000))
    elif rule in read.switched_off:
        write_line("but the rule is switched off: enabled: false")
    elif not is_in_force(written.rule, about.seen or SystemClock().now()):
        write_line(f"but the rule expired after {written.rule.expires}")
    for line in _lines(tree, about, depth=0):
        write_line(line)


def _written(read: ReadRules, rule: str) -> WrittenRule:
    """Return the rule as it is written, also if it is switched off.

    Raises:
        MonitorError: there is none, or it has an error.
    """
    from monitor.config.spelling import did_you_mean, quoted

    for each in read.written:
        if each.rule.id == rule:
            return each
    errors = [problem for problem in read.problems if problem.severity == "error"]
    hint = did_you_mean(rule, [each.rule.id for each in read.written])
    more = f"; {len(errors)} errors in the files, run monitor rules check" if errors else ""
    raise MonitorError(f"no rule {quoted(rule)} ({hint}){more}")


def _article(context: typer.Context, file: Path | None, *, url: str, alert: str, text: str) -> Article:
    from monitor.model import AlertId, Article, ArticleId

    if text:
        return Article(id=ArticleId("text"), title="", text=text)
    if file is not None:
        return article_in(file)
    if alert:
        known = ask_store(context, lambda store: store.alerts.get(AlertId(alert)))
        if known is None:
            raise MonitorError(f"no alert {alert!r}; monitor alerts list shows them")
        return article_at(context, known.lead.url, title=known.lead.title, id_=known.lead.article)
    return article_at(context, url)


def _tree_record(tree: Explained) -> dict[str, Any]:
    return {
        "asks": tree.asks,
        "holds": tree.holds,
        "note": tree.note,
        "evidence": [
            {"field": each.field, "start": each.start, "end": each.end, "text": each.text, "term": each.term}
            for each in tree.evidence
        ],
        "parts": [_tree_record(part) for part in tree.parts],
    }


def _lines(tree: Explained, article: Article, *, depth: int) -> Iterator[str]:
    indent = "  " * depth
    note = f" ({tree.note})" if tree.note else ""
    yield indent + clean_line(f"{'✓' if tree.holds else '✗'} {tree.asks}{note}", MOST_OF_A_LINE)
    for each in tree.evidence[:MOST_SHOWN]:
        yield f"{indent}    {each.field}: {_in_sentence(each, article)}"
    if len(tree.evidence) > MOST_SHOWN:
        yield f"{indent}    … and {len(tree.evidence) - MOST_SHOWN} more"
    # Of what must not be there only that which is there is worth a line.
    shown = [part for part in tree.parts if part.holds] if tree.asks.startswith("none of") else tree.parts
    for part in shown:
        yield from _lines(part, article, depth=depth + 1)


def _in_sentence(found: Evidence, article: Article) -> str:
    """Return the sentence in which words were found, cut to what stands around them, with the words in brackets."""
    from monitor.sentences import sentence_ends

    content = article.field(found.field)
    ends = [0, *sentence_ends(content)]
    start, end = next(
        ((first, last) for first, last in pairwise(ends) if first <= found.start < last), (0, len(content))
    )
    before, after = content[start : found.start], content[found.end : max(end, found.end)]
    cut_before = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    cut_after = f"{after[:AROUND]}…" if len(after) > AROUND else after
    shown = clean_line(f"{cut_before}[{found.text}]{cut_after}", 2 * AROUND + 200)
    is_named = found.term.casefold() not in (found.text.casefold(), "")
    return f"{shown}  ({clean_line(found.term, 60)})" if is_named else shown
