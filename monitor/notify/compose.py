"""Alert + delivery -> Message: what every channel has to say, in clean words and within limits. Pure.

Escaping is not done here: each channel's file knows its own markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from monitor.model import Alert, ArticleStatus, Change, Delivery, DeliveryKind, JoinedBy, Report, Snippet
from monitor.notify.notifier import Excerpt, Message, Run
from monitor.text import clean_line, shorten
from monitor.urls import host_key, resolve

HEADLINE_LIMIT = 300  # characters; the longest of 20 000 real headlines had 240
SUBJECT_LIMIT = 180  # more is cut by every mail program
SOURCE_LIMIT = 80
EXCERPTS = 3
TERMS = 12
TERM_LIMIT = 60
NO_HEADLINE = "(no headline)"
FIGURES = 6  # pairs of figures that a message names
FIGURE_LIMIT = 20
CHANGES = 6  # lines that say what changed
LATE = timedelta(minutes=10)  # a message that waited longer says so

_STATUS_NOTES = {
    ArticleStatus.TEASER: "only a teaser of the article could be read",
    ArticleStatus.PAYWALLED: "the article is behind a paywall: only headline and teaser were read",
    ArticleStatus.BLOCKED: "the site refused to show the article: only the feed's own text was read",
    ArticleStatus.CONSENT: "the site showed a consent page: only the feed's own text was read",
    ArticleStatus.EMPTY: "the page holds no text: only the feed's own text was read",
    ArticleStatus.HOSTILE: "the page could not be read safely: only the feed's own text was read",
    ArticleStatus.UNREACHABLE: "the page did not load: only the feed's own text was read",
}

_JOINED: dict[JoinedBy, str] = {
    "opened": "",
    "article": "the same article",
    "address": "the same address",
    "headline": "the same headline",
    "text": "the same words",
    "copy": "a copy",
    "story": "other words for the same event",
}
_MARKS = {
    "correction": "it is marked as a correction",
    "retraction": "it is marked as withdrawn",
    "repeat": "its agency sends it again",
}


def compose(alert: Alert, delivery: Delivery, *, now: datetime) -> Message:
    """Return the message for one delivery of an alert; `now` only tells whether it comes late."""
    kind: DeliveryKind = "drill" if alert.drill else delivery.kind
    is_later = kind in ("update", "source") and delivery.report is not None
    report = delivery.report if is_later and delivery.report else alert.lead
    headline = clean_line(report.title, HEADLINE_LIMIT) or NO_HEADLINE
    link = resolve("", report.url)
    host = host_key(link)
    source = (
        clean_line(report.source, SOURCE_LIMIT) or clean_line(report.site, SOURCE_LIMIT) or host or "unknown source"
    )
    label = _label(alert, delivery, kind)
    # A further source is told by its own headline; the words that matched stand in the first message.
    why = report.why if is_later else alert.why
    excerpts = () if kind == "source" else _excerpts(why, headline)
    time = report.seen if is_later else alert.created
    changes = delivery.changes if kind == "update" else ()
    message = Message(
        id=delivery.id,
        kind=kind,
        channel=delivery.channel,
        alert=alert,
        report=report,
        sources=delivery.sources,
        added=delivery.added,
        changes=changes,
        changed=change_words(changes),
        label=label,
        subject=_subject(label, headline, source),
        headline=headline,
        headline_runs=next((excerpt.runs for excerpt in excerpts if excerpt.in_headline), (Run(headline),)),
        first_headline=clean_line(alert.lead.title, HEADLINE_LIMIT) or NO_HEADLINE,
        rule=clean_line(alert.rule_title, SUBJECT_LIMIT) or alert.rule,
        source=source,
        link=link,
        host=host,
        joined=joined_words(report) if is_later else "",
        time=time,
        published=report.published,
        age=max(time - report.published, timedelta(0)) if report.published else None,
        excerpts=excerpts,
        terms=tuple(clean_line(term, TERM_LIMIT) for term in alert.terms[:TERMS]),
        notes=tuple(_notes(alert, delivery, kind=kind, now=now)),
    )
    return replace(message, text=plain_text(message, UTC))


def _label(alert: Alert, delivery: Delivery, kind: DeliveryKind) -> str:
    match kind:
        case "drill":
            return "TEST"
        case "update":
            return "UPDATE"
        case "source":
            return "+1 source" if delivery.added == 1 else f"+{delivery.added} sources"
        case _:
            return alert.severity.value.upper()


def change_words(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return what changed, at most 6 lines: the figures together, each other change once."""
    lines = dict.fromkeys(_change_line(change, changes) for change in changes)
    return tuple(lines)[:CHANGES]


def _change_line(change: Change, changes: Sequence[Change]) -> str:
    match change.kind:
        case "figures":
            return _figures(each for each in changes if each.kind == "figures")
        case "correction":
            mark = next(iter(change.after), "")
            return _MARKS.get(mark, f"it is numbered as {clean_line(mark, FIGURE_LIMIT)}")
        case "denial":
            return "the headline now denies" if change.after else "the headline no longer denies"
        case _:
            return f"{change.kind}: {_clean(change.before)} → {_clean(change.after)}"


def _figures(changes: Iterable[Change]) -> str:
    pairs = list(dict.fromkeys(f"{_clean(change.before)} → {_clean(change.after)}" for change in changes))
    more = f" and {len(pairs) - FIGURES} more" if len(pairs) > FIGURES else ""
    return f"figures: {', '.join(pairs[:FIGURES])}{more}"


def _clean(values: Iterable[str]) -> str:
    return ", ".join(clean_line(value, FIGURE_LIMIT) for value in values)


def _subject(label: str, headline: str, source: str) -> str:
    frame = f"[{label}]  ({source})"
    return f"[{label}] {shorten(headline, SUBJECT_LIMIT - len(frame))} ({source})"


def _notes(alert: Alert, delivery: Delivery, *, kind: DeliveryKind, now: datetime) -> Iterable[str]:
    if kind == "drill":
        yield "a test of this channel, not news"
    elif kind != "source":
        if alert.reason:
            yield alert.reason
        if kind == "new" and alert.is_late and alert.lead.published is not None:
            age = span_words(alert.lead.seen - alert.lead.published)
            yield f"late: it was {age} old when it was first seen, and nobody had told it before"
        if alert.status in _STATUS_NOTES:
            yield _STATUS_NOTES[alert.status]
    if now - delivery.queued >= LATE:
        yield f"sent {span_words(now - delivery.queued)} late: the channel did not take it earlier"


def _excerpts(snippets: Iterable[Snippet], headline: str) -> tuple[Excerpt, ...]:
    found = []
    for snippet in snippets:
        runs = _runs(snippet)
        if runs:
            found.append(Excerpt(field=snippet.field, runs=runs, in_headline=_joined(runs) == headline))
    return tuple(found[:EXCERPTS])


def _runs(snippet: Snippet) -> tuple[Run, ...]:
    """Return the snippet cut at its marks; marks that overlap or lie outside are cut to what is left of them."""
    runs: list[Run] = []
    place = 0
    for start, end in sorted(snippet.marks):
        start, end = max(start, place), min(end, len(snippet.text))
        if start < end:
            runs += [Run(snippet.text[place:start]), Run(snippet.text[start:end], marked=True)]
            place = end
    runs.append(Run(snippet.text[place:]))
    return tuple(run for run in map(_clean_run, runs) if run.text)


def _clean_run(run: Run) -> Run:
    """Return the run cleaned like a line, but with the white space at its ends, which parts it from its neighbours."""
    text = clean_line(run.text)
    before = " " if run.text[:1].isspace() and text else ""
    after = " " if run.text[-1:].isspace() else ""
    return replace(run, text=f"{before}{text}{after}")


def _joined(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs).strip()


# Words for people, which the channels share


def span_words(span: timedelta) -> str:
    """Return a span as people say it: "40 s", "4 min", "3 h", "2 days"; rounded down."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{max(seconds, 0)} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} days"


def moment(at: datetime, zone: tzinfo | None) -> str:
    """Return a time with date and zone, "24 Nov 2026, 09:58 UTC"; zone None is this machine's."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def published_words(message: Message, zone: tzinfo | None) -> str:
    """Return when the article was published and how old it was when we alerted; when we did if there is no article."""
    if not message.is_news:
        return moment(message.time, zone)
    if message.published is None or message.age is None:
        return f"no date given, first seen {moment(message.report.seen, zone)}"
    return f"published {moment(message.published, zone)}, {span_words(message.age)} before this alert"


def sources_words(message: Message) -> str:
    """Return how many sites tell the story, or that there is none."""
    if not message.is_news:
        return "about this monitor, no news"
    return "1 source so far" if message.sources <= 1 else f"{message.sources} sources so far"


def joined_words(report: Report) -> str:
    """Return why an article is of its story, "" if it opened it."""
    words = _JOINED[report.joined]
    return f"{words}, {report.score:.0%} alike" if words and report.score is not None else words


def more_sources_words(message: Message) -> str:
    """Return what stands above the alert's first headline when more sites tell it."""
    if message.added == 1:
        return "One more source for the alert"
    return f"{message.added} more sources for the alert, the newest of them here"


def bracketed(runs: Iterable[Run]) -> str:
    """Return the text of `runs` with the matched words in [brackets]."""
    return "".join(f"[{run.text}]" if run.marked else run.text for run in runs).strip()


def field_words(excerpt: Excerpt) -> str:
    """Return what stands before an excerpt: where it was found, unless that is the article's text."""
    return "" if excerpt.field == "text" else f"{excerpt.field}: "


def plain_text(message: Message, zone: tzinfo | None) -> str:
    """Return the whole message as plain text of a few short lines, ending without a line break."""
    lines = [f"{message.label} · {message.rule}", ""]
    lines += [*(f"Changed: {change}" for change in message.changed), ""] if message.changed else []
    lines.append(message.headline)
    shown_host = f" ({message.host})" if message.host and message.host != message.source else ""
    lines.append(f"{message.source}{shown_host} · {published_words(message, zone)}")
    if message.link:
        lines.append(message.link)
    if message.kind == "source":
        lines += ["", f"{more_sources_words(message)}:", f"  {message.first_headline}"]
    if message.kind == "update":
        lines += ["", "The alert was:", f"  {message.first_headline}"]
    if message.excerpts:
        lines += ["", "Why it matched (the words in [brackets]):"]
        lines += [f"  {field_words(excerpt)}{bracketed(excerpt.runs)}" for excerpt in message.excerpts]
    lines += ["", *(f"Note: {note}" for note in message.notes)] if message.notes else []
    lines += ["", f"{sources_words(message)} · rule {message.alert.rule} · alert {message.alert.id}"]
    return "\n".join(lines)
