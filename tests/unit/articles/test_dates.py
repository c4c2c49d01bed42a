from datetime import UTC, datetime

import pytest

from monitor.articles.dates import date_in_path, not_after, parse_date

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T06:40:00+01:00", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("2026-11-24T06:40:00Z", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("2026-11-24T06:40:00.1234567Z", datetime(2026, 11, 24, 6, 40, 0, 123456, tzinfo=UTC)),
        ("2026-11-24 06:40:00 +0100", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("2026-11-24 06:40", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("2026/11/24", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 06:40:00 GMT", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("Tue Nov 24 06:40:00 CET 2026", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("Tue Nov 24 2026 06:40:00 GMT+0100 (Central European Time)", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("2026-11-24 06:40:00 CET", datetime(2026, 11, 24, 5, 40, tzinfo=UTC)),
        ("November 24, 2026 6:40 PM", datetime(2026, 11, 24, 18, 40, tzinfo=UTC)),
        ("24 November 2026", datetime(2026, 11, 24, tzinfo=UTC)),
        ("24.11.2026 | 06:40", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("24.11.26, 06.40", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("11/24/2026 6:40 p.m.", datetime(2026, 11, 24, 18, 40, tzinfo=UTC)),
        ("2026年11月24日 06:40", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("2026. 11. 24. 06:40", datetime(2026, 11, 24, 6, 40, tzinfo=UTC)),
        ("1795507200", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        ("1795507200000", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("1970-01-01", None),
        ("yesterday", None),
        ("", None),
        ("2" * 5_000, None),
    ],
)
def test_dates_are_read_as_pages_write_them(text: str, moment: datetime | None) -> None:
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    ("url", "moment"),
    [
        ("https://paper.example/2026/11/24/talks", datetime(2026, 11, 24, tzinfo=UTC)),
        ("https://paper.example/2026-11-24-talks", datetime(2026, 11, 24, tzinfo=UTC)),
        ("https://paper.example/2026/13/45/talks", None),
        ("https://paper.example/talks-20261124", None),
    ],
)
def test_a_day_in_the_path_is_a_last_resort(url: str, moment: datetime | None) -> None:
    found = date_in_path(url)
    assert (found and found.moment) == moment


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        pytest.param(datetime(2026, 11, 24, 11, 0, tzinfo=UTC), datetime(2026, 11, 24, 11, 0, tzinfo=UTC), id="past"),
        pytest.param(datetime(2026, 11, 24, 12, 5, tzinfo=UTC), NOW, id="a clock that is fast by minutes means now"),
        pytest.param(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), None, id="an hour ahead is no date"),
        pytest.param(None, None, id="none stays none"),
    ],
)
def test_no_article_is_younger_than_its_reading(moment: datetime | None, kept: datetime | None) -> None:
    assert not_after(moment, NOW) == kept
