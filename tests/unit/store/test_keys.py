"""Key names: one table, one hash tag for what changes together, shards by host."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from datetime import timedelta

import pytest

from monitor.model import AlertId, ArticleId, ChannelName, DeliveryId, FeedKey, RuleId
from monitor.store import keys
from monitor.store.keys import SHARDS, TABLE, Keys, digest, shard_of
from monitor.store.scripts import read_script
from monitor.store.term_counts import MOST_WAITING
from monitor.stories import assign, story_match

KEYS = Keys("desk-1")


def every_key() -> list[str]:
    return [
        KEYS.due(0),
        KEYS.listed(0),
        KEYS.claims(0),
        KEYS.states(0),
        KEYS.items(0),
        KEYS.gates(0),
        KEYS.claimed(0, "t"),
        KEYS.subscriptions(0),
        KEYS.subscribed(0),
        KEYS.renewals(0),
        KEYS.pushed(0),
        KEYS.push_news(0),
        KEYS.page_gate("a.example"),
        KEYS.short_texts("a.example"),
        KEYS.seen(FeedKey("a.example-1"), 1),
        KEYS.attempts(FeedKey("f"), "k"),
        KEYS.address("a"),
        KEYS.remembered,
        KEYS.remembered_sizes,
        KEYS.frequencies,
        KEYS.read_terms,
        KEYS.copies,
        KEYS.stories,
        KEYS.probes,
        KEYS.terms,
        KEYS.names,
        KEYS.headline("h"),
        KEYS.pin(ArticleId("a")),
        KEYS.series(1, "s"),
        KEYS.alert(AlertId("a")),
        KEYS.reports(AlertId("a")),
        KEYS.sites(AlertId("a")),
        KEYS.told(AlertId("a")),
        KEYS.said(AlertId("a")),
        KEYS.alerts,
        KEYS.volume(RuleId("r")),
        KEYS.volume_stories(RuleId("r")),
        KEYS.volume_sites(RuleId("r")),
        KEYS.volume_articles(RuleId("r")),
        KEYS.volume_reports(RuleId("r")),
        KEYS.volume_gaps(RuleId("r")),
        KEYS.call("t"),
        KEYS.channels,
        KEYS.channel(ChannelName("c")),
        KEYS.delayed(ChannelName("c")),
        KEYS.dead(ChannelName("c")),
        KEYS.delivery(DeliveryId("d")),
        KEYS.deliveries,
        KEYS.probe,
        KEYS.failing,
        KEYS.failing_told,
        KEYS.failing_turn,
    ]


def test_every_key_has_a_row_in_the_table_and_every_row_a_key() -> None:
    names = [key.partition("}:")[2].partition(":")[0] for key in every_key()]
    assert Counter(names) == Counter(row.name for row in TABLE)


def test_every_method_that_names_a_key_is_listed_here() -> None:
    methods = [name for name, _ in inspect.getmembers(Keys, inspect.isfunction) if not name.startswith("_")]
    assert len(methods) + 16 == len(every_key())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_key_carries_the_tag_that_the_table_says(row: object) -> None:
    (key,) = [key for key in every_key() if key.partition("}:")[2].partition(":")[0] == getattr(row, "name", "")]
    tag = {"workspace": "{desk-1}:", "shard": "{desk-1:s0}:"}[getattr(row, "tag", "")]
    assert key.startswith(tag)
    assert key.count("{") == 1


def test_key_names_look_like_this() -> None:
    assert KEYS.channel(ChannelName("ops")) == "{desk-1}:channel:ops"
    assert KEYS.due(7) == "{desk-1:s7}:due"
    assert KEYS.headline("h") == "{desk-1}:headline:" + digest("h")


@pytest.mark.parametrize("workspace", ["", "a}b", "a{b", "a b", "a:b", "x" * 65])
def test_a_workspace_that_would_break_the_tag_is_refused(workspace: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        Keys(workspace)


def test_feeds_of_one_host_share_a_shard() -> None:
    assert shard_of(FeedKey("news.example.org-00000000")) == shard_of(FeedKey("news.example.org-ffffffff"))
    shards = Counter(shard_of(FeedKey(f"host{number}.example-1")) for number in range(1600))
    assert set(shards) == set(range(SHARDS))
    assert max(shards.values()) < 150


def test_a_feed_cannot_forge_the_mark_of_anothers_entry() -> None:
    assert digest("feed-1", "guid") != digest("feed-1\nguid", "") != digest("feed", "-1guid")
    assert re.fullmatch(r"[a-z2-7]{16}", digest("feed-1", "guid"))


@pytest.mark.parametrize(
    "name",
    [
        "amend_state",
        "bury",
        "claim_feeds",
        "claim_renewals",
        "done",
        "drop",
        "due",
        "enqueue",
        "forget_consumers",
        "knock",
        "look_seen",
        "make_due",
        "mark_seen",
        "note_text",
        "publish_counts",
        "renew_feeds",
        "requeue",
        "retry",
        "set_window",
        "settle_feeds",
        "shorten",
        "shut_pages",
        "take_turn",
        "tally",
        "watch",
    ],
)
def test_a_script_says_what_it_does_and_makes_no_key_names(name: str) -> None:
    source = read_script(name).source
    head, *rest = source.splitlines()
    assert head.startswith(f"-- {name}: ")
    assert any(line.startswith("-- KEYS 1 ") for line in rest)
    assert "returns " in source
    calls = re.findall(r"redis\.call\('\w+', *(?:'CONSUMERS', |'DELCONSUMER', )?([^,)]+)", source)
    names = {re.sub(r"^(KEYS\[[\w.]+\]) \.\. .+", r"\1", call) for call in calls}  # what its name begins with does
    assert names <= {*(f"KEYS[{n}]" for n in range(1, 13)), *LOCAL_KEYS}, "every key comes through KEYS"


def test_the_script_that_remembers_has_the_lifetimes_of_the_table() -> None:
    source = read_script("enqueue").source
    days = {name: int(count) * timedelta(days=1) for name, count in re.findall(r"(\w+) = (\d+) \* DAY", source)}
    assert days == {
        "copy_lifetime": keys.COPY_LIFETIME,
        "name_lifetime": keys.NAME_LIFETIME,
        "address_lifetime": keys.ADDRESS_LIFETIME,
        "headline_lifetime": keys.HEADLINE_LIFETIME,
        "series_lifetime": keys.SERIES_GENERATION * 3,
        "story_rest": keys.STORY_REST,
        "story_lifetime": keys.STORY_LIFETIME,
    }
    assert "slot = DAY / 4" in source
    assert timedelta(days=1) / 4 == keys.SLOT
    assert f"most_waiting = {MOST_WAITING}," in source


# Names that enqueue.lua and watch.lua give to elements of KEYS.
def test_stories_are_closed_when_the_store_forgets_them() -> None:
    assert (story_match.STORY_REST, story_match.STORY_LIFETIME) == (keys.STORY_REST, keys.STORY_LIFETIME)
    assert assign.HEADLINE_LIFETIME == keys.HEADLINE_LIFETIME


LOCAL_KEYS = {
    "KEYS[telling.pin]",
    "KEYS[plan.delivery]",
    "KEYS[telling.headline]",
    "KEYS[position]",
    "unpack(names",
    "name",
    "names",
    "KEYS[draft.told]",
    "KEYS[plan.channel]",
    "KEYS[plan.delayed]",
    "said",
    "record",
    "reports",
    "sites",
    "key",
    "KEYS[count.volume]",
    "KEYS[count.sites]",
    "volume",
    "stories",
    "articles",
    "listed",
    "gaps",
}
