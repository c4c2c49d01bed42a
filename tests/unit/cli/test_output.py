"""Values as the command line prints them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.cli.output import shown_time


@pytest.mark.parametrize("days", [-400, 400])
def test_a_far_time_is_shown_with_its_year(days: int) -> None:
    moment = datetime.now(UTC) + timedelta(days=days)

    assert shown_time(moment).endswith(f" {moment.astimezone().year}")


def test_a_near_time_is_shown_to_the_second() -> None:
    assert shown_time(datetime.now(UTC)).count(":") == 2
