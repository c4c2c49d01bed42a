"""Other programs that poll feeds: installed by hand, each in a process of its own that says what it spent.

python -m venv /tmp/peers && /tmp/peers/bin/pip install reader sgmllib3k rss2email feedparser requests

MONITOR_BENCH_PEERS names another place; newsboat is used where it is installed.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench.polling.site import Round, Site

VENV = Path(os.environ.get("MONITOR_BENCH_PEERS", "/tmp/peers"))

Costs = list[tuple[str, float]]
"""Row of the table and CPU seconds, of each round."""


class Peer(Protocol):
    """Another program."""

    name: str

    def measure(self, folder: Path, site: Site, rounds: Sequence[Round]) -> Costs | str:
        """Return what each round cost, or why it is not measured."""
        ...


class Library:
    """A Python library, used by a few lines that read a word from standard input before each round."""

    def __init__(self, name: str, needs: str, script: str) -> None:
        self.name = name
        self._needs = needs
        self._script = script

    def measure(self, folder: Path, site: Site, rounds: Sequence[Round]) -> Costs | str:
        """Return what each round cost."""
        python = VENV / "bin" / "python"
        if (
            not python.exists()
            or subprocess.run([python, "-c", f"import {self._needs}"], capture_output=True).returncode
        ):
            return f"{VENV} has no {self._needs}"
        own = folder / self._needs
        own.mkdir()
        costs: Costs = []
        script = _PRELUDE + self._script
        with subprocess.Popen(
            [python, "-c", script, json.dumps(site.urls)],
            cwd=own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for one in rounds:
                with _served(site, one):
                    process.stdin.write("\n")
                    process.stdin.flush()
                    spent = process.stdout.readline()
                    if not spent:
                        return "it ended with an error, see above"
                    costs.append((one.row, float(spent)))
            process.stdin.close()
        return costs


class Command:
    """A program that is started for each round; what a start without feeds costs is taken off."""

    def __init__(self, name: str, program: str) -> None:
        self.name = name
        self._program = program

    def measure(self, folder: Path, site: Site, rounds: Sequence[Round]) -> Costs | str:
        """Return what each round cost."""
        found = shutil.which(self._program, path=f"{VENV / 'bin'}:{os.environ.get('PATH', '')}")
        if found is None:
            return f"there is no {self._program}"
        own = folder / self._program
        own.mkdir()
        prepare = {"r2e": _prepare_rss2email, "newsboat": _prepare_newsboat}[self._program]
        poll, start = prepare(found, own, site.urls)
        least = min(_cpu_of(start, own) for _ in range(3))
        costs: Costs = []
        for one in rounds:
            with _served(site, one):
                costs.append((one.row, _cpu_of(poll, own) - least))
        return costs


_PRELUDE = """
import json, sys, time
urls = json.loads(sys.argv[1])
def rounds():
    for _ in sys.stdin:
        spent = time.process_time()
        yield
        print(time.process_time() - spent, flush=True)
"""

_READER = """
from reader import make_reader
reader = make_reader("reader.sqlite")
for url in urls:
    reader.add_feed(url)
for _ in rounds():
    reader.update_feeds(scheduled=False)
"""

_NAIVE = """
import feedparser, requests
etags = {}
for _ in rounds():
    for url in urls:
        known = {"If-None-Match": etags[url]} if url in etags else {}
        answer = requests.get(url, headers=known, timeout=20)
        if answer.status_code == 200:
            etags[url] = answer.headers.get("ETag", "")
            feedparser.parse(answer.content)
"""


def _prepare_rss2email(program: str, folder: Path, urls: Sequence[str]) -> tuple[list[str], list[str]]:
    base = [program, "-c", str(folder / "config"), "-d", str(folder / "data.json")]
    _cpu_of([*base, "new", "desk@example.org"], folder)
    config = (folder / "config").read_text()
    feeds = (f"\n[feed.f{number}]\nurl = {url}\n" for number, url in enumerate(urls))
    (folder / "config").write_text(config + "".join(feeds))
    return [*base, "run", "--no-send"], [*base, "--version"]


def _prepare_newsboat(program: str, folder: Path, urls: Sequence[str]) -> tuple[list[str], list[str]]:
    (folder / "urls").write_text("".join(f"{url}\n" for url in urls))
    (folder / "none").write_text("")
    (folder / "config").write_text("reload-threads 10\n")

    def base(urls: str) -> list[str]:
        return [program, "-u", str(folder / urls), "-c", str(folder / f"{urls}.db"), "-C", str(folder / "config")]

    return [*base("urls"), "-x", "reload"], [program, "-v"]


def _fails(*command: str | Path) -> bool:
    return bool(subprocess.run(command, capture_output=True, check=False).returncode)


def _cpu_of(command: Sequence[str], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {**os.environ, "HOME": str(folder)}
    subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def _served(site: Site, one: Round) -> Iterator[None]:
    site.serve(one)
    yield
    answers = site.answers()
    if sum(answers.values()) < 0.9 * len(site.urls):
        raise RuntimeError(f"{one}: only {answers} of {len(site.urls)} feeds were asked for")


PEERS: tuple[Peer, ...] = (
    Library("reader", "reader", _READER),
    Library("requests and feedparser", "feedparser", _NAIVE),
    Command("rss2email", "r2e"),
    Command("newsboat", "newsboat"),
)
