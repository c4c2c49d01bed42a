"""The publisher of all feeds, as a process of its own so that its cost is nobody's: one loopback address for each feed.

Started with a file of documents; told on its standard input which version to serve, with which stamp and validators.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

FIRST_ADDRESS = 0x7F_01_00_01  # 127.1.0.1

Documents = Sequence[Sequence[bytes]]  # of each feed all versions, the oldest first; the mark STAMP stands in each
STAMP = b"Tue, 24 Nov 2026 12:00:00 GMT"
_FIRST_HOUR = b"12:00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One poll of every feed: what the site serves meanwhile, and which row of the table it counts for."""

    row: str
    version: int
    stamp: int = 0
    validators: bool = False


class Site:
    """The process, seen from outside."""

    def __init__(self, documents: Documents, folder: Path) -> None:
        path = folder / "documents.pickle"
        path.write_bytes(pickle.dumps(documents))
        command = [sys.executable, "-c", "from bench.polling.site import main; main()", str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls: list[str] = json.loads(self._ask(""))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def __enter__(self) -> Site:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def serve(self, one: Round) -> None:
        """Change what is served."""
        self._ask(f"{one.version} {one.stamp} {int(one.validators)}\n")

    def answers(self) -> dict[str, int]:
        """Return how many answers there were of each status since the last change or question."""
        counted: dict[str, int] = json.loads(self._ask("answers\n"))
        return counted

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return self._process.stdout.readline()


class _State:
    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.version, self.stamp, self.validators = 0, 0, False
        self.answers: dict[str, int] = {}


class _Answering(asyncio.Protocol):
    """Answers one GET and closes: polls come minutes apart, and no server keeps a connection that long."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" not in self._received:
            return
        state = self._state
        head = self._received.lower()
        number = int(head.split(b" ", 2)[1].strip(b"/").partition(b".")[0])
        etag = b'"%d-%d"' % (state.version, state.stamp)
        status = "304" if state.validators and b"if-none-match: " + etag in head else "200"
        state.answers[status] = state.answers.get(status, 0) + 1
        extra = b"ETag: " + etag + b"\r\n" if state.validators else b""
        if status == "304":
            self._transport.write(b"HTTP/1.1 304 Not Modified\r\n" + extra + b"Connection: close\r\n\r\n")
        else:
            versions = state.documents[number]
            body = versions[min(state.version, len(versions) - 1)]
            body = body.replace(STAMP, STAMP.replace(_FIRST_HOUR, b"12:%02d:%02d" % divmod(state.stamp, 60)))
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n" + extra + b"Connection: close\r\n"
            self._transport.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._transport.close()


async def _serve(state: _State) -> None:
    loop = asyncio.get_running_loop()
    port, urls = 0, []
    for number in range(len(state.documents)):
        address = socket.inet_ntoa((FIRST_ADDRESS + number).to_bytes(4, "big"))
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        port = listener.getsockname()[1]
        await loop.create_server(lambda: _Answering(state), sock=listener, backlog=100)
        urls.append(f"http://{address}:{port}/{number}.xml")
    print(json.dumps(urls), flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        if line.startswith(b"answers"):
            print(json.dumps(state.answers), flush=True)
        else:
            version, stamp, validators = map(int, line.split())
            state.version, state.stamp, state.validators = version, stamp, bool(validators)
            print(flush=True)
        state.answers = {}


def main() -> None:
    """Serve the documents of the file that is named until the standard input ends."""
    asyncio.run(_serve(_State(pickle.loads(Path(sys.argv[1]).read_bytes()))))
