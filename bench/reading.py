"""Feeds beside feedparser with its defaults, and pages beside trafilatura as it comes."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean

import trafilatura

from bench import fidelity
from bench.material import DATA, HAS_DATA, pages
from bench.table import Row, compared, cpu_seconds
from monitor.articles.extract import PageInput, extract_page

# Letters of scripts without spaces count one by one.
_TOKENS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|\w+?(?=[\u0e00-\u9fff]|\b)|\w+")


def run() -> list[Row]:
    """Return the costs, and for pages how near the text comes to the true one."""
    if not HAS_DATA:
        return [Row(what="read a feed, read a page", ours="not measured", note=f"{DATA} is not there")]
    return [*fidelity.run(), _pages()]


def _pages() -> Row:
    found = pages()
    inputs = [PageInput(body=body, url=url) for body, url, _ in found]
    bodies = [body for body, _, _ in found]
    costs = cpu_seconds(extract_page, inputs), cpu_seconds(trafilatura.extract, bodies)
    ours = mean(_f1(extract_page(page).text, truth) for page, (_, _, truth) in zip(inputs, found, strict=True))
    plain = mean(_f1(trafilatura.extract(body) or "", truth) for body, _, truth in found)
    note = f"{len(found)} real news pages; F1 of the text {ours:.3f}, plainly {plain:.3f}; ours with metadata"
    return compared("read a page", costs[0] * 1e3, costs[1] * 1e3, unit="ms/page", note=note)


def _f1(text: str, truth: str) -> float:
    got, wanted = Counter(_TOKENS.findall(text.lower())), Counter(_TOKENS.findall(truth.lower()))
    shared = (got & wanted).total()
    return 2 * shared / (got.total() + wanted.total()) if shared else 0.0
