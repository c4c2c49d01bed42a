from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config.secrets import resolve_secret, secrets_folder
from monitor.errors import Location, Problem

AT = Location("monitor.yaml", 3, 7)


def resolve(
    value: str, *, base: Path = Path(), environ: dict[str, str] | None = None, secrets_dir: Path | None = None
) -> str | Problem:
    found = resolve_secret(value, at=AT, base=base, environ=environ or {}, secrets_dir=secrets_dir)
    return found.get_secret_value() if isinstance(found, SecretStr) else found


def test_a_variable_holds_the_secret() -> None:
    assert resolve("env:DESK", environ={"DESK": "https://hooks.example/abc\n"}) == "https://hooks.example/abc"


def test_a_variable_with_file_names_the_file_of_the_secret(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("s3cret\n")
    assert resolve("env:DESK", environ={"DESK_FILE": str(tmp_path / "desk")}) == "s3cret"


@pytest.mark.parametrize("name", ["DESK", "desk"])
def test_the_folder_of_secrets_is_asked_last(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("s3cret")
    assert resolve("env:DESK", secrets_dir=tmp_path) == "s3cret"


def test_a_name_cannot_leave_the_folder_of_secrets(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("s3cret")
    (tmp_path / "inside").mkdir()
    assert isinstance(resolve("env:../outside", secrets_dir=tmp_path / "inside"), Problem)


def test_a_file_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("two\nlines\r\n")
    assert resolve("file:smtp", base=tmp_path) == "two\nlines"
    assert resolve(f"file:{tmp_path}/smtp", base=Path("/elsewhere")) == "two\nlines"


def test_a_plain_secret_is_refused_and_not_repeated() -> None:
    assert resolve("hunter2") == Problem(
        at=AT,
        message="a secret must not stand in this file",
        hint="write env:NAME and set that environment variable, or file:PATH of a file that holds only the secret",
    )


def test_an_address_is_a_plain_secret_too() -> None:
    assert "hooks" not in str(resolve("https://hooks.slack.com/services/T0/B0/xyz"))


@pytest.mark.parametrize(
    ("value", "environ", "message"),
    [
        ("env:DESK", {}, 'the environment variable "DESK" is not set'),
        ("env:DESK", {"DESK": " "}, 'the environment variable "DESK" is empty'),
        ("env:", {}, '"env:" names nothing'),
        ("file: ", {}, '"file:" names nothing'),
        ("file:/nowhere/at/all", {}, 'the secret file "/nowhere/at/all" cannot be read: No such file or directory'),
        ("env:DESK", {"DESK_FILE": "/nowhere"}, 'the secret file "/nowhere" cannot be read: No such file or directory'),
        (
            "file:~nobody-of-this-name/x",
            {},
            'the secret file "~nobody-of-this-name/x" cannot be read: No such file or directory',
        ),
        ("file:nul\0byte", {}, 'the secret file "nul\\x00byte" cannot be read: it is not UTF-8 text'),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(value: str, environ: dict[str, str], message: str) -> None:
    problem = resolve(value, environ=environ)
    assert isinstance(problem, Problem)
    assert (problem.at, problem.message) == (AT, message)


def test_a_variable_of_a_similar_name_is_suggested() -> None:
    problem = resolve("env:SLAK_DESK", environ={"SLACK_DESK": "x"})
    assert isinstance(problem, Problem)
    assert problem.hint == (
        'did you mean "SLACK_DESK"? set it where the daemon starts, or name a file of it in SLAK_DESK_FILE'
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "cannot be read: it is not UTF-8 text"),
        (b"x" * 65_537, "is larger than 64 KiB"),
    ],
)
def test_a_file_that_holds_no_secret_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "f").write_bytes(content)
    problem = resolve("file:f", base=tmp_path)
    assert isinstance(problem, Problem)
    assert problem.message.endswith(words)


def test_the_folder_of_secrets_can_be_named() -> None:
    assert secrets_folder({"MONITOR_SECRETS_DIR": "/srv/secrets"}) == Path("/srv/secrets")
