"""Passwords planted wherever passwords go appear in nothing that the daemon or a command says, whatever fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypedDict

import aiohttp
from aiohttp import web

from monitor.store.server import EmbeddedServer, ask
from tests.faults.chaos import story_of, story_text
from tests.scenarios.world import World, open_world
from tests.support.daemon import Daemon, run_monitor, write_settings
from tests.support.publisher import Publisher, cut
from tests.support.smtp import MailServer

SECRETS = {
    "webhook address": "T0pPath-5kqz81",
    "webhook query": "T0pQuery-77wq2b",
    "webhook secret": "T0pSign-c3Nkb2Zn",
    "webhook header": "T0pBearer-9f2mmx",
    "slack address": "T0pSlack-x81nvv",
    "mail password": "T0pMail-b3pqq7",
    "store password": "T0pStore-k1lrr5",
    "feed token": "T0pFeed-a9vss4",
}
COMMANDS = (
    "check",
    "feeds list",
    "feeds list --json",
    "feeds check",
    "alerts list --json",
    "channels list --json",
    "channels test hook",
    "channels test chat --json",
    "channels test mail",
    "deliveries list",
    "deliveries list --json",
    "deliveries dead",
    "deliveries dead --json",
    "deliveries retry",
    "run --once",
)


class Environ(TypedDict):
    """Secrets and where to find them, for the daemon and for commands."""

    HOOK_SECRET: str
    HOOK_LOGIN: str
    MONITOR_REDIS_URL_FILE: str


async def test_no_secret_is_ever_said(tmp_path: Path) -> None:
    environ = Environ(
        HOOK_SECRET=SECRETS["webhook secret"],
        HOOK_LOGIN=f"Bearer {SECRETS['webhook header']}",
        MONITOR_REDIS_URL_FILE=str(tmp_path / "redis-url"),
    )
    async with a_world_of_secrets(tmp_path) as world, Daemon(tmp_path, **environ) as daemon:
        for number in range(1, 6):
            world.site.publish(f"story-{number}", f"Ceasefire report {number}", story_text(number))
        await daemon.wait_for_event("feed_failing", feed="127.0.0.1")
        for channel in ("hook", "chat", "mail"):
            await daemon.wait_for_event("delivery_dead", channel=channel, within=30)
        await daemon.wait_until(lambda: len(daemon.events("delivery_dead")) == 15, within=30)
        said = {"metrics": await page(daemon, "/metrics"), "readiness": await page(daemon, "/readyz")}
        for command in COMMANDS:
            code, out, err = await run_monitor(tmp_path, *command.split(), **environ)
            assert "Traceback" not in err
            said[command] = f"{code}\n{out}\n{err}"
        assert "HTTP 400" in said["deliveries dead"]
        await daemon.stop()
        said["daemon"] = daemon.said()
        write_bad_settings(tmp_path)
        for command in ("check", "run"):
            _, out, err = await run_monitor(tmp_path, *command.split(), **environ)
            said[f"{command}, bad settings"] = f"{out}\n{err}"
    found = [(where, name) for where, text in said.items() for name, secret in SECRETS.items() if secret in text]
    # Feed addresses are what these commands are there to show.
    shown = {("feeds list --json", "feed token"), ("feeds check", "feed token")}
    assert [place for place in found if place not in shown] == []
    kept = [path for path in (tmp_path / "shared").rglob("*") if path.is_file()]
    assert [(path.name, name) for path in kept for name in SECRETS if SECRETS[name].encode() in path.read_bytes()] == []


class Telltale:
    """Refuses what it gets in turn in many ways, and repeats in its answers all that it was sent."""

    def __init__(self) -> None:
        self._turns: Counter[int] = Counter()

    async def answer(self, request: web.Request) -> web.Response:
        """Return a refusal; the last one is for good."""
        headline = str(await request.text())
        number = story_of(headline) if "report" in headline else 0
        self._turns[number] += 1
        words = f"unknown {request.path_qs} {dict(request.headers)}"
        match self._turns[number]:
            case 1:
                return web.json_response({"error": words}, status=500)
            case 2:
                return cut(request)
            case 3:
                return web.Response(status=429, text=words, headers={"Retry-After": "1"})
        return web.Response(status=400, text=words)


@asynccontextmanager
async def a_world_of_secrets(folder: Path) -> AsyncIterator[World]:
    """Open a world where every secret is in its place and everything fails."""
    server = EmbeddedServer(folder / "shared")
    async with (
        Publisher() as receiver,
        MailServer(login=("alerts", "another password")) as mails,
        open_world(folder) as world,
    ):
        await server.start()
        try:
            password = SECRETS["store password"]
            assert await ask(folder / "shared" / "valkey.sock", f"CONFIG SET requirepass {password}") == "+OK"
            hook, chat = f"/hooks/{SECRETS['webhook address']}", f"/services/{SECRETS['slack address']}"
            for path in (hook, chat):
                receiver.serve(path, Telltale().answer)
            (folder / "chat-url").write_text(receiver.url(chat))
            (folder / "mail-password").write_text(SECRETS["mail password"])
            (folder / "redis-url").write_text(f"unix://{folder / 'shared' / 'valkey.sock'}?password={password}")
            write_settings(
                folder,
                poll={"min_interval": "1s"},
                delivery={"base_delay": "0.1s", "max_delay": "0.1s"},
                channels={
                    "hook": {
                        "type": "webhook",
                        "url": receiver.url(f"{hook}?key={SECRETS['webhook query']}"),
                        "secret": "env:HOOK_SECRET",
                        "headers": {"Authorization": "env:HOOK_LOGIN"},
                    },
                    "chat": {"type": "slack", "url": "file:chat-url"},
                    "mail": {"type": "email", "to": "desk@example.org", "smtp": smtp(mails.port)},
                },
                routes=[{"channels": ["hook", "chat", "mail"]}],
            )
            token = f"?token={SECRETS['feed token']}"
            world.publisher.serve("/private.xml", "no such feed", status=403)
            world.list_feeds(
                world.site.feed_url, world.publisher.url(f"/private.xml{token}"), f"http://127.0.0.1:1/x{token}"
            )
            yield world
        finally:
            await server.stop()


def smtp(port: int) -> dict[str, object]:
    """Return the mail server's options."""
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": "alerts",
        "password": "file:mail-password",
    }


def write_bad_settings(folder: Path) -> None:
    """Put each secret where it does not belong."""
    write_settings(
        folder,
        redis=f"redis:/user:{SECRETS['store password']}@nowhere",
        channels={
            "hook": {
                "type": "webhook",
                "url": f"ftp://x/{SECRETS['webhook address']}",
                "secret": SECRETS["webhook secret"],
            },
            "chat": {"type": "slack", "url": f"https://hooks.slack.com/services/{SECRETS['slack address']}"},
            "mail": {
                "type": "email",
                "to": "desk@example.org",
                "smtp": {"host": "x", "user": "u", "password": SECRETS["mail password"]},
            },
        },
    )


async def page(daemon: Daemon, path: str) -> str:
    """Return a page of the daemon."""
    address = daemon.events("daemon_started")[-1]["web"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}{path}") as response:
        return await response.text()
