"""What is measured on: feeds, pages and texts in ../shared/data; only texts can be made up without it."""

from __future__ import annotations

import json
import lzma
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "shared" / "data"
HAS_DATA = DATA.is_dir()
LARGEST_FEED_BYTES = 300_000


def pages() -> list[tuple[bytes, str, str]]:
    """Return news pages, each with its address ("" if unknown) and its true text."""
    truth = {
        row["file"]: (row.get("url", ""), row["body"]) for row in rows("pages/truth.jsonl.xz") if row["kind"] == "news"
    }
    return [(body, *truth[name]) for name, body in members("pages/pages.tar.xz") if name in truth]


def texts() -> list[str]:
    """Return articles' texts."""
    if not HAS_DATA:
        return [prose(number) for number in range(200)]
    return [row["body"] for row in rows("world/articles.jsonl.xz") if row["lang"] == "en"]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a file."""
    with lzma.open(DATA / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def members(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive."""
    with tarfile.open(DATA / name) as archive:
        for member in archive:
            if content := archive.extractfile(member):
                yield member.name, content.read()


def prose(number: int, words: int = 480) -> str:
    """Return made-up text, always the same for a number."""
    rng = random.Random(number)
    return " ".join("".join(rng.choices("aeioubcdfglmnprst", k=rng.randint(2, 9))) for _ in range(words)) + "."
