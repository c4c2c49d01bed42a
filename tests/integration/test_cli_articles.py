"""`monitor articles extract`: files, stdin, lists and addresses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor
from tests.support.daemon import write_settings
from tests.support.news import filler
from tests.support.publisher import Publisher

KEYS = [
    "file",
    "url",
    "canonical_url",
    "title",
    "authors",
    "published",
    "day_only",
    "modified",
    "language",
    "section",
    "keywords",
    "image",
    "free",
    "text",
    "updates",
    "status",
    "reason",
    "extractor",
    "seconds",
]


def page(title: str, seed: int = 1) -> str:
    """Return an article's page with all that a page can say of itself."""
    paragraphs = "".join(f"<p>{line}</p>" for line in filler(seed, 200).splitlines())
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "author": {"@type": "Person", "name": "Ann Ott"},
        "datePublished": "2026-03-03T10:00:00+01:00",
        "dateModified": "2026-03-03T11:30:00+01:00",
    }
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} - Test News</title>"
        f"<link rel='canonical' href='/news/1'><script type='application/ld+json'>{json.dumps(data)}</script></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        publisher.serve("/news/1", page("From the web"))
        yield publisher


def as_lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


async def test_a_saved_page_is_read_with_the_address_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_text(page("A saved page"))
    address = "https://news.example.org/news/1?from=home"
    ran = await monitor(
        tmp_path, "articles", "extract", "saved.html", "--url", address, MONITOR_REDIS_URL=NOTHING_LISTENS
    )
    assert (ran.code, ran.err) == (0, "")
    (record,) = ran.records
    assert list(record) == KEYS
    text = record.pop("text")
    assert record.pop("seconds") >= 0
    assert record == {
        "file": "saved.html",
        "url": address,
        "canonical_url": "https://news.example.org/news/1",
        "title": "A saved page",
        "authors": ["Ann Ott"],
        "published": "2026-03-03T09:00:00Z",
        "day_only": False,
        "modified": "2026-03-03T10:30:00Z",
        "language": "en",
        "section": "",
        "keywords": [],
        "image": "",
        "free": None,
        "updates": [],
        "status": "full",
        "reason": "",
        "extractor": "lexbor",
    }
    assert filler(1, 200).splitlines()[0] in text
    assert "Home" not in text
    assert not (tmp_path / "var").exists()


async def test_an_address_of_another_protocol_is_refused_as_such(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "articles", "extract", "ftp://news.example/1")
    assert (ran.code, ran.records) == (1, [])
    assert "ftp://news.example/1: an address begins with https:// or http://" in ran.err


async def test_a_saved_page_is_not_younger_than_its_reading(tmp_path: Path) -> None:
    (tmp_path / "saved.html").write_text(page("From the future").replace("2026-03-03T1", "2096-03-03T1"))
    ran = await monitor(tmp_path, "articles", "extract", "saved.html")
    assert (ran.records[0]["published"], ran.records[0]["modified"]) == (None, None)


async def test_pages_come_in_the_order_they_were_given(tmp_path: Path) -> None:
    names = [f"{number}.html" for number in range(12)]
    for number, name in enumerate(names):
        (tmp_path / name).write_text(page(f"Page {number}", number))
    ran = await monitor(tmp_path, "articles", "extract", *names, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [(record["file"], record["title"]) for record in ran.records] == [
        (name, f"Page {number}") for number, name in enumerate(names)
    ]


async def test_stdin_is_a_page(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "articles", "extract", "-", stdin=page("Piped").encode())
    assert (ran.code, ran.records[0]["file"], ran.records[0]["title"]) == (0, "-", "Piped")


async def test_an_address_is_fetched(tmp_path: Path, site: Publisher) -> None:
    write_settings(tmp_path)
    ran = await monitor(tmp_path, "articles", "extract", site.url("/news/1"))
    assert (ran.code, ran.err) == (0, "")
    (record,) = ran.records
    assert (record["file"], record["url"], record["title"]) == (
        site.url("/news/1"),
        site.url("/news/1"),
        "From the web",
    )
    assert record["status"] == "full"


async def test_addresses_without_a_page_are_told_with_exit_1(tmp_path: Path, site: Publisher) -> None:
    write_settings(tmp_path, network={"allow": ["127.0.0.0/8"], "timeout": "1s"})
    site.hang("/hangs")
    site.redirect("/moved", "http://10.0.0.1/inside")
    paths = ["/nope", "/hangs", "/moved", "/news/1"]
    ran = await monitor(tmp_path, "articles", "extract", *map(site.url, paths))
    assert (ran.code, ran.err) == (1, "")
    assert [record["status"] for record in ran.records] == ["unreachable", "unreachable", "hostile", "full"]
    assert ran.records[0]["reason"] == "HTTP 404"
    assert "1 s" in ran.records[1]["reason"]
    assert "10.0.0.1" in ran.records[2]["reason"]


async def test_a_private_address_is_not_dialled_unless_allowed(tmp_path: Path, site: Publisher) -> None:
    ran = await monitor(tmp_path, "articles", "extract", site.url("/news/1"))
    assert (ran.code, ran.records[0]["status"]) == (1, "hostile")
    assert "network.allow" in ran.records[0]["reason"]
    assert site.hits == []


async def test_a_list_names_files_beside_it_or_here(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html").write_text(page("One"))
    (tmp_path / "two.html").write_text(page("Two", 2))
    rows = [
        {"file": "one.html", "url": "https://news.example.org/one"},
        {"file": "two.html"},
        {"file": str(tmp_path / "two.html"), "url": None, "more": 1},
    ]
    (tmp_path / "pages" / "list.jsonl").write_bytes(as_lines(*rows) + b"\n")
    ran = await monitor(tmp_path, "articles", "extract", "--batch", "pages/list.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert [(record["file"], record["url"], record["title"]) for record in ran.records] == [
        ("one.html", "https://news.example.org/one", "One"),
        ("two.html", "", "Two"),
        (str(tmp_path / "two.html"), "", "Two"),
    ]


async def test_a_list_of_many_uses_the_pool_and_keeps_its_order(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page("Same"))
    rows = [{"file": "page.html", "url": f"https://news.example.org/{number}"} for number in range(40)]
    ran = await monitor(tmp_path, "articles", "extract", "--batch", "-", stdin=as_lines(*rows))
    assert (ran.code, [record["url"] for record in ran.records]) == (0, [row["url"] for row in rows])


async def test_bad_lines_and_missing_files_do_not_stop_a_list(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page("Good"))
    lines = [b"{bad", b"[]", b'{"file": 7}', b'{"file": ""}', b'{"file": "page.html", "url": 7}', b'{"url": "x"}']
    lines += [b'{"file": "nope.html"}', b'{"file": "a\\u0000b"}', b'{"file": "\\ud800"}', b'{"file": "."}', b"\xff"]
    lines += [b'{"file": "page.html"}']
    (tmp_path / "list.jsonl").write_bytes(b"\n".join(lines))
    ran = await monitor(tmp_path, "articles", "extract", "--batch", "list.jsonl")
    assert (ran.code, [record["title"] for record in ran.records]) == (1, ["Good"])
    said = ran.err.splitlines()
    assert len(said) == 11
    assert said[0].startswith("error: list.jsonl:1: not JSON")
    assert {line.partition(": each line")[0] for line in said[1:6]} == {f"error: list.jsonl:{n}" for n in range(2, 7)}
    assert said[6] == "error: nope.html: No such file or directory"


async def test_pages_of_any_kind_get_a_status(tmp_path: Path) -> None:
    bodies = {
        "empty.html": b"",
        "noise.bin": bytes(range(256)) * 40,
        "text.txt": b"just words",
        "deep.html": b"<div>" * 200_000,
        "attributes.html": b"<p " + b" ".join(b"a%d=1" % number for number in range(20_000)) + b">x</p>",
    }
    for name, body in bodies.items():
        (tmp_path / name).write_bytes(body)
    ran = await monitor(tmp_path, "articles", "extract", *bodies)
    assert (ran.code, ran.err) == (0, "")
    assert [record["file"] for record in ran.records] == list(bodies)
    assert all(record["status"] in ("empty", "hostile") and record["reason"] for record in ran.records)


async def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "articles", "extract", "nope.html", ".")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: nope.html: No such file or directory\nerror: .: Is a directory\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "give a FILE, a URL or --batch", id="nothing to read"),
        pytest.param(["--batch", "nope.jsonl"], "there is no file 'nope.jsonl'", id="a list that is not there"),
        pytest.param(["--batch", "."], "'.' is a folder", id="a folder as list"),
        pytest.param(
            ["a.html", "b.html", "--url", "https://a.example/"], "of one FILE", id="one address for two files"
        ),
        pytest.param(["a.html", "--url", "a.example"], "begins with https:// or http://", id="no address"),
    ],
)
async def test_wrong_use_is_explained(tmp_path: Path, arguments: list[str], said: str) -> None:
    ran = await monitor(tmp_path, "articles", "extract", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_record_has_the_documented_keys() -> None:
    from tests.support.command_line import verbs

    documented = next(verb.keys for verb in verbs() if verb.name == "articles extract")
    assert documented == ", ".join(KEYS) + "."
