"""`monitor feeds`: list, check and parse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor, write_files
from tests.support.daemon import write_settings
from tests.support.publisher import Publisher

PARSED = [
    "file",
    "id",
    "link",
    "title",
    "authors",
    "published",
    "updated",
    "summary",
    "content",
    "categories",
    "language",
]
LISTED = [
    "key",
    "url",
    "title",
    "state",
    "last_success",
    "next_poll",
    "entries_per_day",
    "failures",
    "error",
    "origin",
    "hint",
    "error_kind",
    "failing_since",
    "polls",
    "first_polled",
    "last_polled",
    "not_modified_share",
    "typical_delay_seconds",
    "fresh_for_seconds",
    "validators_lie",
    "format",
    "address",
    "new_address",
    "hub",
    "pushes_until",
    "full_text",
    "carries_full_text",
    "full_text_pages",
    "full_text_checked",
]
CHECKED = [
    "url",
    "ok",
    "reason",
    "hint",
    "format",
    "title",
    "entries",
    "newest",
    "full_text",
    "seconds",
    "moved_to",
    "hub",
    "interval_seconds",
    "suggestions",
]

RSS = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Test &amp; News</title><link>https://news.example.org/</link><language>en-GB</language>
<item><title>Truce &lt;b&gt;holds&lt;/b&gt; &amp;amp; more</title><link>https://news.example.org/1</link><guid>one</guid>
<pubDate>Tue, 03 Mar 2026 10:00:00 +0100</pubDate><description>Short.</description><dc:creator>Ann Ott</dc:creator>
<category>World</category></item>
<item><title>Undated</title></item>
</channel></rss>
"""

JSON_FEED = '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "j1", "title": "停火"}]}'


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        publisher.serve("/rss.xml", RSS, content_type="application/rss+xml")
        yield publisher


def list_feeds(folder: Path, text: str) -> Path:
    write_settings(folder)
    (folder / "seeds" / "feeds.yaml").write_text(text)
    return folder


# parse


async def test_entries_are_printed_as_the_feed_has_them(tmp_path: Path) -> None:
    (tmp_path / "rss.xml").write_text(RSS)
    ran = await monitor(tmp_path, "feeds", "parse", "rss.xml", MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert (ran.code, ran.err) == (0, "")
    assert [list(record) for record in ran.records] == [PARSED, PARSED]
    assert ran.records[0] == {
        "file": "rss.xml",
        "id": "one",
        "link": "https://news.example.org/1",
        "title": "Truce <b>holds</b> &amp; more",
        "authors": ["Ann Ott"],
        "published": "2026-03-03T09:00:00Z",
        "updated": None,
        "summary": "Short.",
        "content": "",
        "categories": ["World"],
        "language": "en-GB",
    }
    assert [path.name for path in paths_in(tmp_path)] == ["rss.xml"]


def paths_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_several_files_and_stdin_are_parsed_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "rss.xml").write_text(RSS)
    ran = await monitor(tmp_path, "feeds", "parse", "-", "rss.xml", "--json", stdin=JSON_FEED.encode())
    assert (ran.code, ran.err) == (0, "")
    assert [(record["file"], record["title"]) for record in ran.records] == [
        ("-", "停火"),
        ("rss.xml", "Truce <b>holds</b> &amp; more"),
        ("rss.xml", "Undated"),
    ]


async def test_files_that_are_no_feeds_are_named_and_the_others_parsed(tmp_path: Path) -> None:
    (tmp_path / "rss.xml").write_text(RSS)
    (tmp_path / "page.html").write_text("<!doctype html><html><body>Please accept cookies</body></html>")
    (tmp_path / "empty.xml").write_text("")
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>')
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 10)
    names = ["nope.xml", "page.html", "empty.xml", "bomb.xml", "noise.bin", ".", "rss.xml"]
    ran = await monitor(tmp_path, "feeds", "parse", *names)
    assert (ran.code, len(ran.records)) == (1, 2)
    said = ran.err.splitlines()
    assert [line.split(": error: ")[0] for line in said] == names[:-1]
    assert said[0].endswith("No such file or directory")
    assert "HTML page" in said[1]


# list


async def test_feeds_never_polled_are_new(tmp_path: Path) -> None:
    list_feeds(tmp_path, "feeds: [https://a.example/feed, {url: 'https://b.example/', title: B, tags: [x]}]\n")
    ran = await monitor(tmp_path, "feeds", "list", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [list(record) for record in ran.records] == [LISTED, LISTED]
    assert [(r["url"], r["title"], r["state"], r["origin"]) for r in ran.records] == [
        ("https://a.example/feed", "", "new", "seeds/feeds.yaml:1:9"),
        ("https://b.example/", "B", "new", "seeds/feeds.yaml:1:33"),
    ]
    assert {ran.records[0][key] for key in ("last_success", "next_poll", "entries_per_day")} == {None}


async def test_health_is_listed_after_a_round(tmp_path: Path, site: Publisher) -> None:
    site.serve("/gone.xml", "", status=410)
    site.serve("/bad.xml", "<html><body>\x1b[31mcookies</body></html>")
    names = ("rss", "gone", "bad")
    list_feeds(tmp_path, "".join(["feeds:\n", *(f"  - {site.url(f'/{name}.xml')}\n" for name in names)]))
    ran = await monitor(tmp_path, "run", "--once")
    assert (ran.code, ran.out) == (0, "")
    ran = await monitor(tmp_path, "feeds", "list", "--json")
    good, gone, bad = ran.records
    assert (good["state"], good["title"], good["failures"], good["error"]) == ("ok", "Test & News", 0, "")
    assert good["last_success"].endswith("Z")
    assert good["next_poll"] > good["last_success"]
    assert (gone["state"], gone["next_poll"]) == ("gone", None)
    assert (bad["state"], bad["failures"]) == ("failing", 1)
    assert "HTML" in bad["error"]
    assert bad["failing_since"].endswith("Z")
    assert (good["polls"], good["not_modified_share"], good["format"]) == (1, 0.0, "rss20")
    assert bad["hint"]
    ran = await monitor(tmp_path, "feeds", "list")
    head, *rows = ran.out.splitlines()
    assert " ".join(head.split()) == "FEED STATE LAST SUCCESS NEXT POLL A DAY 304 DELAY TITLE OR ERROR"
    assert [(row.split()[0], row.split()[1]) for row in rows] == [
        (good["key"], "ok"),
        (gone["key"], "gone"),
        (bad["key"], "failing"),
    ]
    assert "\x1b" not in ran.out
    assert bad["hint"] in rows[2]

    ran = await monitor(tmp_path, "feeds", "show", bad["key"])
    words = dict(line.strip().split("  ", 1) for line in ran.out.splitlines()[1:])
    assert (ran.code, words["address"].strip()) == (0, site.url("/bad.xml"))
    assert words["state"].strip().startswith("failing since ")
    assert "HTML" in words["last error"]
    assert words["next step"].strip() == bad["hint"]
    ran = await monitor(tmp_path, "feeds", "show", site.url("/rss.xml"))
    assert ran.out.startswith("Test & News\n")
    assert "ok: last read" in ran.out
    assert 'of 1 poll answered "not modified"' in ran.out

    ran = await monitor(tmp_path, "feeds", "poll", good["key"], site.url("/gone.xml"))
    assert (ran.code, ran.out) == (0, f"{good['key']}  due now\n{gone['key']}  due now\n")
    await monitor(tmp_path, "run", "--once")
    assert [len(site.hits_on(f"/{name}.xml")) for name in names] == [2, 2, 1]


async def test_a_feed_that_no_daemon_has_seen_is_not_due(tmp_path: Path) -> None:
    list_feeds(tmp_path, "feeds: [https://a.example/feed, {url: 'https://b.example/', enabled: false}]\n")
    ran = await monitor(tmp_path, "feeds", "poll", "https://a.example/feed", "https://b.example/")
    assert (ran.code, ran.out) == (1, "")
    assert "not in the schedule yet" in ran.err
    assert "switched off in its list (seeds/feeds.yaml:1:33)" in ran.err
    ran = await monitor(tmp_path, "feeds", "show", "https://b.example/")
    assert "switched off in its list" in ran.out
    ran = await monitor(tmp_path, "feeds", "show", "c.example")
    assert ran.code == 2
    assert "is not the key or the address of a listed feed" in ran.err


async def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    list_feeds(tmp_path, "feeds: []\n")
    ran = await monitor(tmp_path, "feeds", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "write their addresses to a file in seeds/" in ran.err


async def test_a_list_with_errors_is_refused_with_places(tmp_path: Path) -> None:
    list_feeds(tmp_path, "feeds: [nonsense]\n")
    ran = await monitor(tmp_path, "feeds", "list")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("seeds/feeds.yaml:1:9: error: ")


# check


async def test_listed_feeds_are_asked_and_reported_in_order(tmp_path: Path, site: Publisher) -> None:
    site.serve("/json", JSON_FEED, content_type="application/feed+json")
    urls = [site.url("/nope.xml"), site.url("/rss.xml"), site.url("/json")]
    list_feeds(tmp_path, "".join(["feeds:\n", *(f"  - {url}\n" for url in urls)]))
    ran = await monitor(tmp_path, "feeds", "check", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert [list(record) for record in ran.records] == [CHECKED] * 3
    missing, rss, json_feed = ran.records
    assert [record["url"] for record in ran.records] == urls
    assert (missing["ok"], missing["entries"]) == (False, 0)
    assert "404" in missing["reason"]
    assert missing["hint"]
    assert (rss["ok"], rss["format"], rss["title"], rss["entries"]) == (True, "rss20", "Test & News", 2)
    assert (rss["newest"], rss["full_text"]) == ("2026-03-03T09:00:00Z", False)
    assert (json_feed["ok"], json_feed["entries"], json_feed["newest"]) == (True, 1, None)
    assert "no dates" in json_feed["hint"]
    assert (missing["interval_seconds"], json_feed["interval_seconds"]) == (None, 120)
    assert len(site.hits_on("/rss.xml")) == 1
    assert not (tmp_path / "var").exists()


async def test_one_address_or_key_is_asked_even_while_the_lists_are_broken(tmp_path: Path, site: Publisher) -> None:
    list_feeds(tmp_path, f"feeds: [{site.url('/rss.xml')}, nonsense]\n")
    ran = await monitor(tmp_path, "feeds", "check", site.url("/rss.xml"))
    assert (ran.code, ran.err) == (0, "")
    head, row = ran.out.splitlines()
    assert head.endswith("TITLE OR REASON")
    assert row.startswith(f"{site.url('/rss.xml')}  ok")
    assert row.endswith("Test & News")
    key = await key_of(tmp_path, site)
    ran = await monitor(tmp_path, "feeds", "check", key, "--json")
    assert [record["ok"] for record in ran.records] == [True]


async def test_what_is_to_know_of_a_feed_is_told(tmp_path: Path, site: Publisher) -> None:
    link = '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
    site.serve("/new.xml", RSS.replace("<item>", f"{link}<item>", 1), content_type="application/rss+xml")
    site.redirect("/old.xml", "/new.xml", status=301)
    site.serve("/site", '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml"></head></html>')
    seeds = write_files(tmp_path, {"pack/pack.yaml": f"feeds: [{{url: '{site.url('/old.xml')}', enabled: false}}]\n"})
    write_settings(tmp_path)
    ran = await monitor(tmp_path, "feeds", "check", "pack/", site.url("/site"), "--json")
    moved, page = ran.records
    assert (ran.code, moved["moved_to"], moved["hub"]) == (1, site.url("/new.xml"), "https://hub.example/")
    assert moved["hint"] == f"it has moved for good: list {site.url('/new.xml')}"
    assert (page["ok"], page["suggestions"]) == (False, [site.url("/new.xml")])
    ran = await monitor(seeds, "feeds", "check", "pack/pack.yaml", site.url("/site"))
    head, first, second = ran.out.splitlines()
    columns = "FEED RESULT FORMAT ENTRIES NEWEST FULL TEXT SECONDS EVERY PUSH TITLE OR REASON"
    assert " ".join(head.split()) == columns
    assert first.split()[1] == "moved"
    assert second.endswith(f"the page there names {site.url('/new.xml')}")


async def key_of(folder: Path, site: Publisher) -> str:
    from monitor.config.feed_list import feed_key

    return feed_key(site.url("/rss.xml"))


async def test_without_lists_an_address_can_be_asked(tmp_path: Path, site: Publisher) -> None:
    ran = await monitor(tmp_path, "feeds", "check", site.url("/rss.xml"), MONITOR_NETWORK__ALLOW="127.0.0.1")
    assert (ran.code, ran.err) == (0, "")


async def test_an_address_that_may_not_be_dialled_says_how_to_allow_it(tmp_path: Path, site: Publisher) -> None:
    ran = await monitor(tmp_path, "feeds", "check", site.url("/rss.xml"))
    assert ran.code == 1
    assert "network.allow" in ran.out
    assert ran.err == "1 of 1 feed cannot be read\n"
    assert site.hits == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("nonsense", "neither a web address nor the key of a listed feed", id="no address, no key"),
        pytest.param("ftp://a.example/", "neither a web address nor the key", id="another scheme"),
        pytest.param("https://user:hunter2@a.example/", "user name or password", id="a password"),
    ],
)
async def test_a_word_that_means_no_feed_is_wrong_use(tmp_path: Path, word: str, said: str) -> None:
    list_feeds(tmp_path, "feeds: []\n")
    ran = await monitor(tmp_path, "feeds", "check", word)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "hunter2" not in ran.err


async def test_hostile_titles_do_not_steer_the_terminal(tmp_path: Path, site: Publisher) -> None:
    title = "Evil \\u001b[2J\\u202e title\\nsecond line"
    site.serve("/evil", JSON_FEED.replace('"J"', f'"{title}"'), content_type="application/feed+json")
    list_feeds(tmp_path, f"feeds: [{site.url('/evil')}]\n")
    ran = await monitor(tmp_path, "feeds", "check")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    assert not {"\x1b", "\u202e"} & set(ran.out)


def test_a_record_has_the_documented_keys() -> None:
    from tests.support.command_line import verbs

    documented: dict[str, Any] = {verb.name: verb.keys for verb in verbs()}
    assert documented["feeds parse"] == ", ".join(PARSED) + "."
    assert documented["feeds list"].replace(" (new, ok, failing, gone)", "") == ", ".join(LISTED) + "."
    assert documented["feeds check"] == ", ".join(CHECKED) + "."
