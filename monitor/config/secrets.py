"""Secrets stand outside the user's files: env:NAME and file:PATH become SecretStr, plain ones are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from monitor.config.paths import is_existing_file, user_path
from monitor.config.spelling import nearest, quoted
from monitor.errors import Location, Problem

MAX_SECRET_BYTES = 64 * 1024  # a chain of PEM certificates is 10 KiB
DEFAULT_SECRETS_DIR = Path("/run/secrets")  # where Docker, Podman and systemd-nspawn put them
SECRETS_DIR_VARIABLE = "MONITOR_SECRETS_DIR"

_WAYS = "write env:NAME and set that environment variable, or file:PATH of a file that holds only the secret"


def secrets_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of secret files: MONITOR_SECRETS_DIR, else /run/secrets if it exists, else None."""
    named = environ.get(SECRETS_DIR_VARIABLE, "").strip()
    if named:
        return Path(named)
    return DEFAULT_SECRETS_DIR if DEFAULT_SECRETS_DIR.is_dir() else None


def is_reference(value: str) -> bool:
    """Whether the value names a secret (env:…, file:…) instead of being one."""
    return value.startswith(("env:", "file:"))


def resolve_secret(
    value: str, *, at: Location, base: Path, environ: Mapping[str, str], secrets_dir: Path | None
) -> SecretStr | Problem:
    """Return the secret that `value` refers to, or the Problem that keeps it from being read.

    The value itself is never repeated in the Problem: whoever wrote a plain secret would find it in the log.

    Args:
        value: env:NAME (the variable; else the file named by NAME_FILE; else the file NAME in secrets_dir), or
            file:PATH (relative to `base`).
        at: where it is written.
        base: folder of the file in which it is written.
        environ: the environment.
        secrets_dir: folder of secret files, or None.
    """
    kind, _, name = value.partition(":")
    name = name.strip()
    if kind not in ("env", "file"):
        return Problem(at=at, message="a secret must not stand in this file", hint=_WAYS)
    if not name:
        return Problem(at=at, message=f'"{kind}:" names nothing', hint=_WAYS)
    if kind == "env":
        return _from_environment(name, at=at, environ=environ, secrets_dir=secrets_dir)
    return read_secret_file(user_path(name, base=base), at=at)


def read_secret_file(path: Path, *, at: Location) -> SecretStr | Problem:
    """Return what the file holds, without line breaks at its end, or the Problem that keeps it from being read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_SECRET_BYTES + 1)
        text = content.decode("utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        message = f"the secret file {quoted(str(path))} cannot be read: {reason}"
        return Problem(at=at, message=message, hint="check the path and who may read it")
    if not text.strip():
        return Problem(at=at, message=f"the secret file {quoted(str(path))} is empty", hint="write the secret into it")
    if len(content) > MAX_SECRET_BYTES:
        return Problem(at=at, message=f"the secret file {quoted(str(path))} is larger than 64 KiB")
    return SecretStr(text)


def _from_environment(
    name: str, *, at: Location, environ: Mapping[str, str], secrets_dir: Path | None
) -> SecretStr | Problem:
    if environ.get(name, "").strip():
        return SecretStr(environ[name].rstrip("\r\n"))
    if environ.get(f"{name}_FILE", "").strip():
        return read_secret_file(Path(environ[f"{name}_FILE"].strip()), at=at)
    if secrets_dir and "/" not in name:  # with a slash it could leave the folder
        for candidate in (secrets_dir / name, secrets_dir / name.lower()):
            if is_existing_file(candidate):
                return read_secret_file(candidate, at=at)
    state = "is empty" if name in environ else "is not set"
    near = nearest(name, environ)
    advice = f"did you mean {quoted(near)}? " if near and near != name else ""
    hint = f"{advice}set it where the daemon starts, or name a file of it in {name}_FILE"
    return Problem(at=at, message=f"the environment variable {quoted(name)} {state}", hint=hint)
