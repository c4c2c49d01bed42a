"""Names of jobs and words for lost children; no process is started."""

from __future__ import annotations

import signal

import pytest

from monitor.errors import Crashed, TimedOut
from monitor.sandbox.child import told
from monitor.sandbox.pool import _decoded, _loss, job_name
from tests.support.sandbox_jobs import Answer, Refusal, double


def test_a_job_is_named_by_module_and_function() -> None:
    assert job_name(double) == "tests.support.sandbox_jobs.double"


def test_a_job_that_no_child_could_find_is_refused() -> None:
    def local(number: int) -> int:
        return number

    for job in (local, lambda number: number):
        with pytest.raises(ValueError, match="is not a function at the top of an importable module"):
            job_name(job)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        pytest.param(None, Crashed, "fork server was lost", id="the fork server died"),
        pytest.param(signal.SIGKILL, Crashed, "was killed from outside", id="somebody's SIGKILL"),
        pytest.param(signal.SIGSEGV, Crashed, "ended by SIGSEGV", id="a fault in a library"),
        pytest.param(signal.SIGXCPU, TimedOut, "used up its CPU time", id="the CPU limit"),
        pytest.param(3 << 8, Crashed, "ended by itself with exit code 3", id="an exit"),
    ],
)
def test_a_lost_child_is_told_by_its_status(status: int | None, kind: type[Exception], words: str) -> None:
    error = _loss("job", status)
    assert type(error) is kind
    assert words in str(error)


def test_an_exception_is_told_in_one_line_with_its_place() -> None:
    with pytest.raises(ValueError, match="two") as caught:
        raise ValueError("two\nlines")
    assert told(caught.value).startswith("ValueError: two lines (test_pool.py:")


def test_a_long_message_is_cut() -> None:
    assert len(told(ValueError("x" * 10_000))) < 600


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc1", id="no msgpack"),
        pytest.param(b"\x92\xa6Answer\x01", id="a number where a record is expected"),
        pytest.param(b"\x92\xa6Answer\x80", id="a record without its fields"),
        pytest.param(b"\x92\xa6Answer" + b"\x91" * 100_000, id="nesting without end"),
        pytest.param(b"\x92\xa5Other\x80", id="a class that is not expected"),
    ],
)
def test_bytes_that_are_not_the_expected_answer_are_a_crash(content: bytes) -> None:
    with pytest.raises(Crashed, match="answers with something unexpected"):
        _decoded(content, Answer, "job")


def test_the_class_name_picks_the_member_of_a_union() -> None:
    assert _decoded(b"\x92\xa7Refusal\x81\xa4text\xa2no", Answer | Refusal, "job") == Refusal(text="no")
