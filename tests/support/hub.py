"""A WebSub hub on the loopback address: it asks back, signs what it pushes, sends it again, forgets after the lease.

async with Hub(clock) as hub:
    hub.url                                   # for <link rel="hub">
    await hub.asked(1)                        # a subscription arrived, and its callback was asked whether it is true
    await hub.publish(topic, "<rss>…</rss>")  # the answers of the subscribers
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.support.publisher import Publisher

RSS_TYPE = "application/rss+xml"


class Clock(Protocol):
    """By which leases run out."""

    def now(self) -> datetime:
        """Return the time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Who gets the pushes of a topic, and until when."""

    topic: str
    callback: str
    secret: str
    until: datetime


class Hub:
    """A hub whose manners a test may change while it runs."""

    def __init__(self, clock: Clock, *, host: str = "127.0.0.1") -> None:
        self.lease: timedelta | None = None  # instead of the one that is asked for
        self.refusing = 0  # a status: requests are answered with it
        self.refusal_headers: Mapping[str, str] = {}
        self.denying = ""  # a reason: subscriptions are denied
        self.asking_back = True
        self.method = "sha256"  # of signatures; "" sends none
        self.resend = 3  # tries of a push that is not taken
        self.requests: list[dict[str, str]] = []
        self.answers: list[tuple[int, str]] = []  # of callbacks that were asked
        self._clock = clock
        self._subscribers: dict[tuple[str, str], Subscriber] = {}
        self._site = Publisher(host)
        self._numbers = itertools.count(1)
        self._decided = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Hub:
        await self._site.__aenter__()
        self._session = aiohttp.ClientSession(headers={"User-Agent": "test hub"})
        self._site.serve("/", self._take)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        assert self._session is not None
        await self._session.close()
        await self._site.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The hub's address."""
        return self._site.url("/")

    @property
    def site(self) -> Publisher:
        """The server behind it, for redirects and the like."""
        return self._site

    @property
    def subscribers(self) -> list[Subscriber]:
        """Who gets pushes now."""
        return [known for known in self._subscribers.values() if self._clock.now() < known.until]

    async def asked(self, count: int, *, within: float = 10.0) -> list[dict[str, str]]:
        """Wait for so many requests in all, each asked back or answered otherwise; return them."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self._decided >= max(count, len(self.requests)))
        except TimeoutError:
            raise AssertionError(f"not within {within} s; requests: {self.requests}, answers: {self.answers}") from None
        return self.requests

    async def publish(
        self, topic: str, body: bytes | str, *, content_type: str = RSS_TYPE, signature: str | None = None
    ) -> list[int]:
        """Send a document to the topic's subscribers, again if it is not taken; return the status of each try."""
        content = body.encode() if isinstance(body, str) else body
        statuses = []
        for subscriber in [known for known in self.subscribers if known.topic == topic]:
            for _ in range(self.resend):
                statuses.append(await self.push(subscriber, content, content_type=content_type, signature=signature))
                if 200 <= statuses[-1] <= 299:
                    break
        return statuses

    async def push(
        self, subscriber: Subscriber, body: bytes, *, content_type: str = RSS_TYPE, signature: str | None = None
    ) -> int:
        """Send a document to one subscriber once, with another signature than the right one if given."""
        headers = {"Content-Type": content_type, "Link": f'<{self.url}>; rel="hub", <{subscriber.topic}>; rel="self"'}
        if signature is None and self.method:
            digest = hmac.new(subscriber.secret.encode(), body, getattr(hashlib, self.method)).hexdigest()
            signature = f"{self.method}={digest}"
        if signature:
            headers["X-Hub-Signature"] = signature
        return await self._send("POST", subscriber.callback, data=body, headers=headers)

    async def ask_back(self, request: Mapping[str, str], **changes: str) -> bool:
        """Ask a callback whether a request was its wish; return whether it says so, see `answers` for the words.

        Args:
            request: the form that was sent to us.
            changes: parameters to ask with instead, without `hub.`.
        """
        query = {
            "hub.mode": request["hub.mode"],
            "hub.topic": request["hub.topic"],
            "hub.challenge": f"challenge <b>{next(self._numbers)}</b>",
            "hub.lease_seconds": str(int(self._granted(request).total_seconds())),
            **{f"hub.{name}": value for name, value in changes.items()},
        }
        assert self._session is not None
        async with self._session.get(request["hub.callback"], params=query) as answer:
            text = await answer.text()
            self.answers.append((answer.status, text))
            return 200 <= answer.status <= 299 and text == query["hub.challenge"]

    async def _take(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        self.requests.append(form)
        if self.refusing:
            await self._tell()
            return web.Response(status=self.refusing, text="not now", headers=dict(self.refusal_headers))
        if self.asking_back:
            task = asyncio.create_task(self._decide(form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            await self._tell()
        return web.Response(status=202)

    async def _decide(self, form: dict[str, str]) -> None:
        place = form["hub.topic"], form["hub.callback"]
        if self.denying:
            denial = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": self.denying}
            await self._send("GET", form["hub.callback"], params=denial)
            self._subscribers.pop(place, None)
        elif await self.ask_back(form):
            self._subscribers.pop(place, None)
            if form["hub.mode"] == "subscribe":
                self._subscribers[place] = Subscriber(
                    topic=form["hub.topic"],
                    callback=form["hub.callback"],
                    secret=form.get("hub.secret", ""),
                    until=self._clock.now() + self._granted(form),
                )
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._decided += 1
            self._changed.notify_all()

    def _granted(self, form: Mapping[str, str]) -> timedelta:
        return self.lease or timedelta(seconds=int(form.get("hub.lease_seconds", "0")))

    async def _send(
        self,
        method: str,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> int:
        assert self._session is not None
        async with self._session.request(method, url, data=data, headers=headers, params=params) as answer:
            return answer.status
