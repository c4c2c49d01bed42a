"""Routes: the rule's own channels, else the first route whose matchers all hold."""

from dataclasses import replace

import pytest

from monitor.alerts.route import channels_for
from monitor.config.channels import Route
from monitor.model import ChannelName
from tests.unit.alerts.values import ARTICLE, RULE

DESK, OPS, SCREEN = ChannelName("desk"), ChannelName("ops"), ChannelName("screen")
CATCH_ALL = Route(channels=(SCREEN,))


def test_the_first_route_that_matches_decides() -> None:
    routes = [
        Route(match={"severity": ("critical",)}, channels=(OPS,)),
        Route(match={"severity": ("high", "critical")}, channels=(DESK,)),
        CATCH_ALL,
    ]

    assert channels_for(RULE, ARTICLE, routes) == (DESK,)


def test_a_route_that_continues_adds_its_channels() -> None:
    routes = [Route(match={"severity": ("high",)}, channels=(DESK, SCREEN), continue_=True), CATCH_ALL]

    assert channels_for(RULE, ARTICLE, routes) == (DESK, SCREEN)


def test_a_rule_that_names_channels_needs_no_route() -> None:
    assert channels_for(replace(RULE, channels=(OPS, OPS)), ARTICLE, [CATCH_ALL]) == (OPS,)


def test_without_a_route_nobody_is_told() -> None:
    assert channels_for(RULE, ARTICLE, [Route(match={"rule": ("other",)}, channels=(DESK,))]) == ()


@pytest.mark.parametrize(
    ("match", "holds"),
    [
        ({"rule": ("minister-ceasefire",)}, True),
        ({"rule": ("minister",)}, False),
        ({"labels.desk": ("mideast",)}, True),
        ({"labels.desk": ("asia",)}, False),
        ({"labels.team": ("",)}, False),
        ({"source": ("the news",)}, True),
        ({"source": ("News",)}, False),
        ({"language": ("zh",)}, True),
        ({"language": ("zh-hant",)}, True),
        ({"language": ("en",)}, False),
        ({"feed": ("news-1",)}, True),
        ({"feed": ("News World",)}, True),
        ({"tag": ("asia", "world")}, True),
        ({"tag": ("asia",)}, False),
        ({"tag": ("world",), "severity": ("high",)}, True),
        ({"tag": ("world",), "severity": ("low",)}, False),
        ({"unheard-of": ("x",)}, False),
        ({}, True),
    ],
)
def test_matchers_hold_all_together_each_by_one_value(match: dict[str, tuple[str, ...]], holds: bool) -> None:
    rule = replace(RULE, labels={"desk": "mideast"})

    assert channels_for(rule, ARTICLE, [Route(match=match, channels=(DESK,))]) == ((DESK,) if holds else ())
