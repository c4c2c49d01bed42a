"""When a page was published and changed, to the minute where any of its sources tells. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.dates import CLOCK_SKEW, PageDate, date_in_path, read_date
from monitor.articles.linked_data import LinkedData, Node
from monitor.articles.page_tags import PageTags, item_value
from monitor.articles.visible_dates import lines_with_dates, marked_dates

_PUBLISHED = (
    *("article:published_time", "article:published:time", "og:article:published_time", "og:published_time"),
    *("datepublished", "parsely-pub-date", "pubdate", "publishdate", "publish-date", "publication_date"),
    *("publish_date", "published_time", "published-date", "sailthru.date", "date.published", "dc.date.issued"),
    *("dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dc:date"),
    *("cxenseparse:recs:publishtime", "article:published", "article_date_original", "citation_publication_date"),
    *("date", "article:create_at", "datecreated"),
)
_MODIFIED = (
    *("article:modified_time", "article:modified", "og:updated_time", "datemodified", "last-modified"),
    *("dcterms.modified", "dc.date.modified", "cxenseparse:recs:modified", "lastmod"),
)
MAX_CHANGES = 5  # of a page's dates of change that are read
MINUTE = timedelta(minutes=1)
SAME_DAY = timedelta(hours=36)  # a day in any zone is within this of its midnight UTC
WESTERNMOST = 14  # hours: no zone is further from UTC
SWAP_AHEAD = timedelta(days=1)  # a date further ahead is no zone's doing


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTimes:
    """When a page says it was published and changed. Not checked against the time of reading unless that was given."""

    published: datetime | None = None
    is_day_only: bool = False
    modified: datetime | None = None


def read_times(
    tree: LexborHTMLParser,
    *,
    linked: LinkedData,
    article: Node,
    tags: PageTags,
    title: str,
    url: str,
    now: datetime | None,
) -> PageTimes:
    """Return when a page was published and changed; of dates later than `now` only what can be true."""
    path = date_in_path(url)
    believed = _said(linked, article, tags, path=path, now=now)
    if path and _believed(path, now, near=None):
        believed.append(path)
    if all(date.is_vague for date in believed):
        shown = [_believed(date, now, near=path) for date in marked_dates(tree, title, believed)]
        believed += [date for date in shown if date]
    if not believed:
        shown = [_believed(date, now, near=path) for date in lines_with_dates(tree, title)]
        believed = [date for date in shown if date][:1]
    changes = (linked.text(article.get("dateModified")), *tags.all(_MODIFIED), *_items(tags, "datemodified"))
    modified = [date for text in changes[:MAX_CHANGES] if (date := read_date(text))]
    published = _to_the_minute(believed)
    if published:
        published = _in_zone(published, [*believed, *modified], now)
    changed = next((date for each in modified if (date := _believed(each, now, near=None))), None)
    if changed and published:
        changed = _in_zone(changed, believed, now)
    return PageTimes(
        published=published.moment if published else None,
        is_day_only=bool(published and published.is_day_only),
        modified=_not_before(changed.moment if changed else None, published),
    )


def _said(
    linked: LinkedData, article: Node, tags: PageTags, *, path: PageDate | None, now: datetime | None
) -> list[PageDate]:
    """Return the dates of publication that the page's tags name, the surest first."""
    texts = chain(
        [linked.text(article.get("datePublished"))],
        tags.all(_PUBLISHED),
        _items(tags, "datepublished"),
        tags.times[:3],
        [linked.text(article.get("dateCreated")), linked.text(linked.page().get("datePublished"))],
    )
    dates: list[PageDate] = []
    doubtful: list[PageDate] = []
    for text in texts:
        date = read_date(text)
        believed = _believed(date, now, near=path) if date else None
        if date is None or believed is None:
            continue
        if believed.moment == date.swapped and path is None:
            doubtful.append(believed)  # any other date is surer
            continue
        dates.append(believed)
        if len(dates) == 1 and not believed.is_vague and believed.offset is not None:
            break  # nothing can be added to a minute with its zone
    return [*dates, *doubtful]


def _items(tags: PageTags, name: str) -> Iterator[str]:
    return (item_value(node) for node in tags.items.get(name, ())[:3])


def _believed(date: PageDate, now: datetime | None, *, near: PageDate | None) -> PageDate | None:
    """Return the date if it can be true, with day and month exchanged if only so; None if not.

    A place's own time that lies ahead of UTC is put back by as many whole hours as it takes, a day that has not come
    yet in UTC to the present one.
    """
    swapped = date.swapped
    if swapped and near and abs(date.moment - near.moment) > SAME_DAY >= abs(swapped - near.moment):
        return replace(date, moment=swapped)
    if now is None or date.moment <= now + CLOCK_SKEW:
        return date
    if swapped and date.moment > now + SWAP_AHEAD and swapped <= now:
        return replace(date, moment=swapped)
    is_ahead = date.moment <= now + timedelta(hours=WESTERNMOST)
    if date.is_day_only:
        return replace(date, moment=now.replace(hour=0, minute=0, second=0, microsecond=0)) if is_ahead else None
    if date.offset is not None:
        return None
    hours = -(-(date.moment - now - CLOCK_SKEW) // timedelta(hours=1))
    return replace(date, moment=date.moment - timedelta(hours=hours)) if hours <= WESTERNMOST else None


def _to_the_minute(dates: list[PageDate]) -> PageDate | None:
    """Return the first date, or what tells the time of that same day if it only names the day."""
    first = next(iter(dates), None)
    if first and first.is_vague:
        timed = (date for date in dates if not date.is_vague and abs(date.moment - first.moment) <= SAME_DAY)
        return next(timed, first)
    return first


def _in_zone(date: PageDate, others: list[PageDate], now: datetime | None) -> PageDate:
    """Return a place's own time in the zone that the page names elsewhere, unless it was in UTC already."""
    if date.is_day_only or date.offset is not None:
        return date
    zoned = [other for other in others if other.offset is not None]
    if any(abs(other.moment - date.moment) <= MINUTE for other in zoned):
        return date
    same = next((other for other in zoned if abs(_clock(other) - date.moment) <= MINUTE), None)
    offset = (same or next(iter(zoned), date)).offset
    if not offset:
        return date
    moved = replace(date, moment=date.moment - offset, offset=offset)
    return moved if now is None or moved.moment <= now + CLOCK_SKEW else date


def _clock(date: PageDate) -> datetime:
    """Return what a clock on the wall showed then, as if it were UTC."""
    return date.moment + (date.offset or timedelta(0))


def _not_before(changed: datetime | None, published: PageDate | None) -> datetime | None:
    """Return when a page was changed, if that is not before it was published: then it is another thing's date."""
    if changed is None or published is None:
        return changed
    return changed if changed >= published.moment - MINUTE else None
