"""`monitor feeds add`, `remove`, `import` and `export`: the user's lists are written, and nothing else is touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.config.feed_list import feed_key
from tests.integration.test_cli_feed_discover import rss
from tests.integration.test_cli_feeds import RSS
from tests.support.command_line import NOTHING_LISTENS, monitor, write_files
from tests.support.daemon import Daemon, write_settings
from tests.support.publisher import Publisher
from tests.unit.config.test_opml_write import EXPORT, tree


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        publisher.serve("/rss.xml", RSS, content_type="application/rss+xml")
        yield publisher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_settings(tmp_path)
    return tmp_path


def my_list(folder: Path) -> str:
    return (folder / "seeds" / "my.yaml").read_text(encoding="utf-8")


# add


async def test_a_feed_is_tried_and_written(folder: Path, site: Publisher) -> None:
    url = site.url("/rss.xml")
    ran = await monitor(folder, "feeds", "add", url, "--tag", "me", "--tag", "wire", MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert ran.code == 0
    assert ran.out.startswith("ok  Test & News (RSS 2.0, 2 items, newest ")
    assert ran.out.endswith(" s)  added to seeds/my.yaml\n")
    assert "full text: by extraction" in ran.out
    assert "a running daemon sees it within seconds" in ran.err
    assert my_list(folder) == (
        "# Feeds; docs/feeds.md says what may stand here.\n"
        f'feeds:\n  - {{url: "{url}", title: Test & News, tags: [me, wire]}}\n'
    )
    assert not (folder / "var").exists()


async def test_what_is_listed_already_is_refused_with_its_place(folder: Path, site: Publisher) -> None:
    url = site.url("/rss.xml")
    write_files(folder, {"seeds/a.yaml": f"- {url}\n- {{url: 'https://off.example/rss', enabled: false}}\n"})
    ran = await monitor(folder, "feeds", "add", site.url("/rss.xml#top"))
    assert (ran.code, ran.out, ran.err) == (1, "", f"{url} is listed already: seeds/a.yaml:1:3\n")
    ran = await monitor(folder, "feeds", "add", "off.example/rss")
    assert ran.err.endswith("seeds/a.yaml:2:3, but switched off: write enabled: true there\n")
    assert site.hits == []


async def test_the_new_address_of_a_feed_that_moved_is_listed(folder: Path, site: Publisher) -> None:
    site.redirect("/old", "/rss.xml", status=301)
    ran = await monitor(folder, "feeds", "add", site.url("/old"))
    assert ran.code == 0
    assert f'url: "{site.url("/rss.xml")}"' in my_list(folder)
    assert "has moved for good to" in ran.err


async def test_the_only_feed_of_a_site_is_taken(folder: Path, site: Publisher) -> None:
    site.serve("/", '<html><link rel="alternate" type="application/rss+xml" href="/rss.xml"></html>')
    ran = await monitor(folder, "feeds", "add", site.url("/"), "--title", "Mine: one", "--interval", "5m")
    assert ran.code == 0
    assert ran.out.startswith("ok  Mine: one (RSS 2.0")
    assert my_list(folder).splitlines()[2] == (
        f'  - {{url: "{site.url("/rss.xml")}", title: "Mine: one", interval: "5m"}}'
    )


async def test_of_a_site_with_several_feeds_one_must_be_chosen(folder: Path, site: Publisher) -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in ("rss.xml", "b"))
    site.serve("/", f"<html>{links}</html>")
    site.serve("/b", rss("B", "b"))
    ran = await monitor(folder, "feeds", "add", site.url("/"))
    assert (ran.code, len(ran.out.splitlines())) == (1, 3)
    assert f"choose one, as in: monitor feeds add {site.url('/b')}" in ran.err
    assert not (folder / "seeds" / "my.yaml").exists()


async def test_what_cannot_be_read_is_not_added_unless_told_so(folder: Path, site: Publisher) -> None:
    url = site.url("/nope.xml")
    ran = await monitor(folder, "feeds", "add", url)
    assert (ran.code, ran.out) == (1, "")
    assert "has no such page (HTTP 404)" in ran.err
    ran = await monitor(folder, "feeds", "add", url, "--unchecked", "--file", "seeds/new/other.yml")
    assert (ran.code, ran.out) == (0, f"ok  {url}  added to seeds/new/other.yml\n")
    assert "not in force yet" in ran.err
    assert (folder / "seeds/new/other.yml").read_text().splitlines()[2] == f'  - "{url}"'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--language", "english"], '"english" is not the code of a language'),
        (["--interval", "often"], "is not a time span"),
        (["--full-text", "fecth"], 'did you mean "fetch"?'),
        (["--file", "feeds.opml"], "ends in .yaml or .yml"),
    ],
)
async def test_slips_among_the_options_show_before_anything_is_asked(
    folder: Path, site: Publisher, arguments: list[str], said: str
) -> None:
    ran = await monitor(folder, "feeds", "add", site.url("/rss.xml"), *arguments)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())
    assert site.hits == []


async def test_a_list_with_errors_is_not_written_to(folder: Path, site: Publisher) -> None:
    write_files(folder, {"seeds/my.yaml": "feeds: [nonsense]\n"})
    ran = await monitor(folder, "feeds", "add", site.url("/rss.xml"))
    assert ran.code == 2
    assert ran.err.startswith('seeds/my.yaml:1:9: error: "nonsense"')
    assert my_list(folder) == "feeds: [nonsense]\n"


async def test_a_running_daemon_takes_it_up_and_lets_it_go(folder: Path, site: Publisher) -> None:
    write_files(folder, {"seeds/my.yaml": "# mine\nfeeds:\n  - https://127.0.0.1:1/rss  # never there\n"})
    async with Daemon(folder):
        ran = await monitor(folder, "feeds", "add", site.url("/rss.xml"))
        assert ran.code == 0
        await site.wait_for("/rss.xml", 2, within=30)
        ran = await monitor(folder, "feeds", "poll", site.url("/rss.xml"))
        assert ran.code == 0
        await site.wait_for("/rss.xml", 3, within=30)
        ran = await monitor(folder, "feeds", "remove", site.url("/rss.xml"))
        assert (ran.code, ran.out) == (0, f"ok  {site.url('/rss.xml')}  taken out of seeds/my.yaml\n")
    assert my_list(folder) == "# mine\nfeeds:\n  - https://127.0.0.1:1/rss  # never there\n"


# import and export


async def test_a_list_goes_in_and_comes_out_as_the_same_tree(folder: Path) -> None:
    write_files(folder, {"subscriptions.opml": EXPORT})
    ran = await monitor(folder, "feeds", "import", "subscriptions.opml")
    assert (ran.code, ran.out) == (0, "ok  6 feeds added to seeds/subscriptions.yaml\n")
    ran = await monitor(folder, "feeds", "export")
    assert (ran.code, ran.err) == (0, "6 feeds\n")
    assert tree(ran.out) == tree(EXPORT)
    for kept in ('description="All &amp; everything"', 'version="ATOM"', 'priority="main"', 'language="English"'):
        assert kept in ran.out
    (folder / "again.opml").write_text(ran.out, encoding="utf-8")
    ran = await monitor(folder, "feeds", "export", "--format", "yaml")
    text = (folder / "seeds/subscriptions.yaml").read_text(encoding="utf-8")
    assert ran.out.splitlines()[1:] == text.splitlines()[1:]
    ran = await monitor(folder, "feeds", "import", "again.opml")
    assert (ran.code, ran.out) == (0, "nothing new to add\n")
    assert "https://wire.example/rss is listed already: seeds/subscriptions.yaml:4:5" in ran.err
    ran = await monitor(folder, "feeds", "list", "--json")
    assert len(ran.records) == 6
    ran = await monitor(folder, "check")
    assert ran.code == 0


async def test_what_stands_twice_or_cannot_be_read_is_told(folder: Path) -> None:
    twice = '<outline text="A" xmlUrl="https://a.example/"/>'
    bad = '<outline text="B" xmlUrl="nonsense"/>'
    write_files(folder, {"x.opml": f'<opml><body>{twice}{bad}<outline text="F">{twice}</outline></body></opml>'})
    ran = await monitor(folder, "feeds", "import", "x.opml", "--into", "seeds/mine.yaml")
    assert (ran.code, ran.out) == (1, "ok  1 feed added to seeds/mine.yaml\n")
    assert "https://a.example/ stands at " in ran.err
    assert '"nonsense" is not a web address' in ran.err
    ran = await monitor(folder, "feeds", "import", "nope.opml")
    assert ran.code == 3
    assert "nope.opml: No such file" in ran.err


async def test_feeds_that_are_off_are_exported_as_such_or_left_out(folder: Path) -> None:
    write_files(folder, {"seeds/a.yaml": "defaults: {enabled: false}\nfeeds:\n  - https://a.example/\n"
                         "  - {url: 'https://b.example/', enabled: true}\n"})  # fmt: skip
    ran = await monitor(folder, "feeds", "list", "--json")
    assert [record["url"] for record in ran.records] == ["https://b.example/"]
    ran = await monitor(folder, "feeds", "export")
    assert 'xmlUrl="https://a.example/" monitor:enabled="false"/>' in ran.out
    ran = await monitor(folder, "feeds", "export", "--enabled")
    assert "a.example" not in ran.out


async def test_a_feed_in_an_opml_list_is_taken_out_by_hand(folder: Path) -> None:
    outline = '<outline text="A" xmlUrl="https://a.example/"/>'
    write_files(folder, {"seeds/x.opml": f"<opml><body>\n{outline}</body></opml>"})
    ran = await monitor(folder, "feeds", "remove", feed_key("https://a.example/"))
    assert ran.code == 2
    assert "take it out by hand (line 2)" in ran.err
