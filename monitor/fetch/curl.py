"""libcurl in our event loop: one lane of requests with connections of its own.

libcurl speaks HTTP and TLS and nothing else here: which addresses a name has, whether they may be dialled, redirects,
decompression and deadlines are ours.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pycurl

from monitor.fetch.answer import Answer
from monitor.fetch.guard import AddressRefused, Guard

IDLE_SECONDS = 15  # how long a connection is kept for another request
MAX_IDLE_CONNECTIONS = 32  # a poll's host is not asked again soon; what is kept is for redirects and articles
MAX_IDLE_HANDLES = 64
MAX_ADDRESSES = 8  # of one name that are tried
BUFFER_BYTES = 64 * 1024

# What a feed sends is public: the key exchange that withstands quantum computers costs a tenth of a poll for nothing.
PUBLIC_CURVES = "X25519:prime256v1:secp384r1:secp521r1"

# Servers that close without TLS's goodbye are many; where only the closing ends a body, it is taken as its end.
RAGGED_END = "unexpected eof while reading"


@dataclass(eq=False)
class TransferFailed(Exception):
    """libcurl gave up: its code and words, the system's errno if there is one, and the guard's no if it said no."""

    code: int
    words: str
    errno: int = 0
    refused: AddressRefused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it goes over the wire; `addresses` is what the host's name stands for, () for a literal."""

    url: str
    host: str
    port: int
    addresses: Sequence[str] = ()
    headers: Sequence[bytes] = ()
    body: bytes | None = None  # then it is a POST


@dataclass(frozen=True, slots=True)
class Trust:
    """Where this machine's trusted certificates lie; empty texts if it has none."""

    file: str
    folder: str

    def __bool__(self) -> bool:
        return bool(self.file or self.folder)


def system_trust() -> Trust:
    """Return the places where Python looks: SSL_CERT_FILE, SSL_CERT_DIR, else OpenSSL's own."""
    paths = ssl.get_default_verify_paths()
    # With a folder libcurl reads the certificates anew for each connection, so a file is preferred.
    folder = paths.capath if not paths.cafile or paths.openssl_capath_env in os.environ else None
    return Trust(paths.cafile or "", folder or "")


class Lane:
    """Requests that share connections and nothing with other lanes; must be closed.

    Args:
        guard: says which addresses may be dialled.
        trust: the certificates to trust.
        curves: those offered for the key exchange; "" for OpenSSL's choice.
    """

    def __init__(self, guard: Guard, trust: Trust, *, curves: str = "") -> None:
        self._guard = guard
        self._trust = trust
        self._curves = curves
        self._multi = pycurl.AsyncCurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, MAX_IDLE_CONNECTIONS)
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_NOTHING)
        self._idle: list[_Handle] = []
        self._names = _GivenNames()

    async def close(self) -> None:
        """End what is under way and close all connections."""
        await self._multi.aclose()
        for handle in self._idle:
            handle.close()
        self._idle.clear()

    async def perform(self, call: Call, answer: Answer) -> None:
        """Do the request and let `answer` take what comes; returns when it has stopped the transfer, too.

        Raises:
            TransferFailed: there is no answer, or it ended before its end.
        """
        handle = self._idle.pop() if self._idle else _Handle(self._guard, self._trust, self._curves)
        changes = self._names.give(call)
        try:
            handle.prepare(call, changes, answer)
            await self._multi.perform(handle.curl)
        except pycurl.error as error:
            code, words = int(error.args[0]), str(error.args[-1])
            if not answer.stopped and not (answer.ends_by_closing and RAGGED_END in words):
                raise handle.failure(code, words) from None
        except asyncio.CancelledError:
            # aclose() cancels what waits here; whoever waits was not cancelled.
            if self._multi.closed and not _is_cancelled():
                raise TransferFailed(pycurl.E_ABORTED_BY_CALLBACK, "ended with the program") from None
            raise
        finally:
            handle.release()
            self._names.take_back(call)
            if self._multi.closed or len(self._idle) >= MAX_IDLE_HANDLES:
                handle.close()
            else:
                self._idle.append(handle)


class _GivenNames:
    """The addresses that libcurl is given for names, as it never asks a name server itself.

    They are taken back when nobody needs them any more: libcurl goes through all that it knows at each request, and
    would come to know the hosts of all feeds.
    """

    def __init__(self) -> None:
        self._users: Counter[str] = Counter()
        self._unused: set[str] = set()

    def give(self, call: Call) -> list[str]:
        """Return what libcurl has to be told at this request's start (as CURLOPT_RESOLVE)."""
        changes = [f"-{name}" for name in self._unused]
        self._unused.clear()
        if call.addresses:
            name = f"{call.host}:{call.port}"
            addresses = ",".join(f"[{each}]" if ":" in each else each for each in call.addresses[:MAX_ADDRESSES])
            changes.append(f"{name}:{addresses}")
            self._users[name] += 1
        return changes

    def take_back(self, call: Call) -> None:
        """Note that the request has ended."""
        if call.addresses:
            name = f"{call.host}:{call.port}"
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name]
                self._unused.add(name)


class _Handle:
    """libcurl's easy handle with the options that never change; it costs more to make than to use again."""

    def __init__(self, guard: Guard, trust: Trust, curves: str) -> None:
        self._guard = guard
        self._trouble: OSError | None = None
        self._has_dialled = False
        self._answer: Answer | None = None
        self.curl = curl = pycurl.Curl()
        for option, value in (
            (pycurl.NOSIGNAL, 1),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROXY, ""),  # whatever the environment says
            (pycurl.NOPROXY, "*"),
            (pycurl.NETRC, pycurl.NETRC_IGNORED),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.HTTP09_ALLOWED, 0),
            (pycurl.HTTP_CONTENT_DECODING, 0),
            (pycurl.PATH_AS_IS, 1),
            (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
            (pycurl.SSL_VERIFYPEER, 1),
            (pycurl.SSL_VERIFYHOST, 2),
            (pycurl.SSL_SESSIONID_CACHE, 0),  # the next poll of a host comes when the session is long forgotten
            (pycurl.MAXAGE_CONN, IDLE_SECONDS),
            (pycurl.BUFFERSIZE, BUFFER_BYTES),
            (pycurl.DNS_CACHE_TIMEOUT, 0),
            (pycurl.OPENSOCKETFUNCTION, self._open_socket),
            (pycurl.HEADERFUNCTION, self._take_header),
            (pycurl.WRITEFUNCTION, self._take_body),
        ):
            curl.setopt(option, value)
        if curves:
            curl.setopt(pycurl.SSL_EC_CURVES, curves)
        if trust.file:
            curl.setopt(pycurl.CAINFO, trust.file)
        else:
            curl.unsetopt(pycurl.CAINFO)
        if trust.folder:
            curl.setopt(pycurl.CAPATH, trust.folder)
        else:
            curl.unsetopt(pycurl.CAPATH)

    def failure(self, code: int, words: str) -> TransferFailed:
        """Return what to raise; the trouble with sockets counts only if none could be had for any of the addresses."""
        match None if self._has_dialled else self._trouble:
            case AddressRefused() as refused:
                return TransferFailed(code, words, refused=refused)
            case OSError() as trouble:
                return TransferFailed(code, words, trouble.errno or 0)
        return TransferFailed(code, words, self.curl.getinfo(pycurl.OS_ERRNO))

    def prepare(self, call: Call, name_changes: list[str], answer: Answer) -> None:
        """Set what differs from request to request."""
        self._answer = answer
        self._trouble = None
        self._has_dialled = False
        curl = self.curl
        curl.setopt(pycurl.URL, call.url)
        curl.setopt(pycurl.HTTPHEADER, call.headers)
        curl.setopt(pycurl.RESOLVE, name_changes)
        if call.body is None:
            curl.setopt(pycurl.HTTPGET, 1)
        else:
            curl.setopt(pycurl.POST, 1)
            curl.setopt(pycurl.POSTFIELDS, call.body)

    def release(self) -> None:
        """Forget the request."""
        self._answer = None

    def close(self) -> None:
        """Give the handle back to libcurl."""
        self.curl.close()

    def _open_socket(self, _: int, target: pycurl.CurlSockAddr) -> socket.socket | int:
        host, port = target.addr[:2]
        try:
            self._guard.check(str(host), int(port))
            opened = socket.socket(target.family, target.socktype, target.protocol)
        except OSError as trouble:  # AddressRefused, or no sockets left
            self._trouble = trouble
            return pycurl.SOCKET_BAD
        self._has_dialled = True
        asyncio.get_running_loop().call_soon(opened.close)  # libcurl goes on with a duplicate of its own
        return opened

    def _take_header(self, line: bytes) -> int | None:
        return self._answer.take_header(line) if self._answer is not None else 0

    def _take_body(self, data: bytes) -> int | None:
        return self._answer.take_body(data) if self._answer is not None else 0


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
