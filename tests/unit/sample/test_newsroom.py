"""The sample newsroom publishes its programme on time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.sample.newsroom import read_programme, render_feed, render_page

PROGRAMME = read_programme(Path(__file__).parents[3] / "seeds" / "sample")
START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ids(elapsed: float) -> list[str]:
    return [item.id for item, _ in PROGRAMME.published(timedelta(seconds=elapsed), START)]


def test_a_few_items_are_out_at_the_start() -> None:
    assert sorted(ids(0)) == ["civilians", "fish-market", "opinion"]


def test_the_reprint_follows_within_the_first_seconds() -> None:
    assert ids(5)[0] == "civilians-reprint"


def test_after_the_programme_a_bulletin_appears_every_two_minutes_and_ten_are_kept() -> None:
    assert ids(240)[0] == "bulletin-20261124-120400"
    assert sum(name.startswith("bulletin") for name in ids(24 * 3600)) == 10


def test_an_item_keeps_its_time_of_publication() -> None:
    published = {item.id: at for item, at in PROGRAMME.published(timedelta(minutes=5), START)}
    assert published["trade-talks"] == datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


def test_titles_are_escaped_in_feed_and_page() -> None:
    item = PROGRAMME.items[0]
    hostile = type(item)(id="x", site="wire", after=timedelta(0), title="<b> & co", body="a < b")
    feed = render_feed("T", lambda item: f"http://localhost/{item.id}", [(hostile, START)])
    assert "<title>&lt;b&gt; &amp; co</title>" in feed
    assert "<p>a &lt; b</p>" in render_page("T", hostile, START)
