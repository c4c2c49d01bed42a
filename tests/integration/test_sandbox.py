"""The sandbox with real processes, and jobs that do their worst."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import Crashed, OutOfMemory, SandboxError, TimedOut
from monitor.sandbox import pool as pool_module
from monitor.sandbox.pool import SandboxPool
from tests.support import sandbox_jobs as jobs

SECOND = timedelta(seconds=1)
PRELOAD = ["tests.support.sandbox_jobs"]


def open_pool(workers: int = 1, *, wall_limit: timedelta = 20 * SECOND, memory_mib: int = 512) -> SandboxPool:
    return SandboxPool(workers, wall_limit, memory_bytes=memory_mib * 2**20, preload=PRELOAD)


@pytest.fixture
async def pool() -> AsyncIterator[SandboxPool]:
    async with open_pool() as opened:
        yield opened


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def file_names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def until(condition: Callable[[], bool], *, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - other processes set no event of ours
            await asyncio.sleep(0.01)


# Good jobs


async def test_a_record_goes_in_and_a_record_comes_out(pool: SandboxPool) -> None:
    answer = await pool.run(jobs.join, jobs.Question(words=("a", "ß"), body=b"\x00\xff"), jobs.Answer)
    assert answer == jobs.Answer(
        text="a ß", size=2, at=datetime(2026, 11, 24, tzinfo=UTC), span=timedelta(minutes=5), body=b"\x00\xff"
    )


async def test_a_union_of_records_comes_out_as_the_right_one(pool: SandboxPool) -> None:
    answer = await pool.run(jobs.join_or_refuse, jobs.Question(words=()), jobs.Answer | jobs.Refusal)
    assert answer == jobs.Refusal(text="no words")


async def test_megabytes_go_both_ways(pool: SandboxPool) -> None:
    body = os.urandom(10 * 2**20)
    answer = await pool.run(jobs.join, jobs.Question(words=(), body=body), jobs.Answer)
    assert answer.body == body


async def test_more_jobs_than_children_wait_their_turn() -> None:
    async with open_pool(2) as pool:
        assert await asyncio.gather(*(pool.run(jobs.double, number, int) for number in range(50))) == list(
            range(0, 100, 2)
        )
        pids = set(await asyncio.gather(*(pool.run(jobs.nap, 0.05, int) for _ in range(6))))
        assert len(pids) == 2


async def test_preloaded_modules_are_there_before_the_first_job(pool: SandboxPool) -> None:
    assert await pool.run(jobs.loaded, "tests.support.sandbox_jobs", bool)


async def test_a_child_is_kept_for_many_jobs_and_then_replaced(
    pool: SandboxPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "MAX_JOBS", 3)
    pids = [await pool.run(jobs.process_id, None, int) for _ in range(6)]
    assert pids[0] == pids[1] == pids[2]
    assert pids[3] == pids[4] == pids[5]
    assert pids[2] != pids[3]
    await until(lambda: is_gone(pids[2]))


async def test_a_child_that_holds_much_memory_is_replaced(pool: SandboxPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MAX_RESIDENT_BYTES", 100 * 2**20)
    small = await pool.run(jobs.holds_memory, 1000, int)
    big = await pool.run(jobs.holds_memory, 120 * 2**20, int)
    assert big == small
    assert await pool.run(jobs.process_id, None, int) != big


# Bad jobs: each costs itself only


@pytest.mark.parametrize("job", [jobs.spins_deaf, jobs.stops], ids=["deaf to signals", "stopped"])
async def test_a_job_without_end_is_killed_at_the_wall_limit(pool: SandboxPool, job: Callable[[None], None]) -> None:
    pid = await pool.run(jobs.process_id, None, int)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"took longer than 0\.5 s and was killed"):
        await pool.run(job, None, type(None), wall_limit=SECOND / 2)
    assert time.monotonic() - began < 5
    assert is_gone(pid)
    assert await pool.run(jobs.double, 21, int) == 42


async def test_a_loop_inside_one_c_call_is_killed_too(pool: SandboxPool) -> None:
    pid = await pool.run(jobs.process_id, None, int)
    with pytest.raises(TimedOut):
        await pool.run(jobs.spins_in_c, None, bool, wall_limit=SECOND / 2)
    assert is_gone(pid)


async def test_the_cpu_limit_is_a_net_below_the_wall_limit(pool: SandboxPool) -> None:
    with pytest.raises(TimedOut, match="used up its CPU time"):
        await pool.run(jobs.burns_cpu, None, type(None))
    assert await pool.run(jobs.double, 21, int) == 42


async def test_a_memory_hog_ends_at_its_limit(pool: SandboxPool) -> None:
    with pytest.raises(OutOfMemory, match="needs more than 512 MiB"):
        await pool.run(jobs.hogs_memory, None, int)
    assert await pool.run(jobs.double, 21, int) == 42


@pytest.mark.parametrize(
    ("job", "argument", "words"),
    [
        pytest.param(jobs.leaves, 3, "ended by itself with exit code 3", id="os._exit"),
        pytest.param(jobs.segfaults, None, "ended by SIGSEGV", id="a segmentation fault"),
        pytest.param(jobs.hangs_up, None, "was killed from outside", id="it closes its socket and runs on"),
        pytest.param(jobs.lies_about_length, None, "not an answer we take", id="an answer of endless length"),
        pytest.param(jobs.answers_nonsense, None, "answers with something unexpected", id="an answer of nonsense"),
        pytest.param(jobs.answers_an_unknown_kind, None, "not an answer we take", id="an answer of an unknown kind"),
        pytest.param(jobs.returns_much, 40 * 2**20, "not an answer we take", id="an answer that is too long"),
        pytest.param(jobs.exits, 3, "SystemExit: 3", id="sys.exit is an exception like others"),
        pytest.param(jobs.raises, "bad\nluck", r"ValueError: bad luck \(sandbox_jobs.py:\d+\)", id="an exception"),
        pytest.param(jobs.raises_unprintable, None, "ValueError", id="an exception that cannot be printed"),
        pytest.param(jobs.returns_an_object, None, "TypeError", id="an answer that cannot cross"),
        pytest.param(jobs.returns_much, 10, "answers with something unexpected", id="an answer of another type"),
    ],
)
async def test_a_bad_job_crashes_alone(pool: SandboxPool, job: Callable[[Any], Any], argument: Any, words: str) -> None:
    with pytest.raises(Crashed, match=words) as crash:
        await pool.run(job, argument, int)
    assert crash.value.job == f"tests.support.sandbox_jobs.{job.__name__}"
    assert "\x1b" not in str(crash.value)
    assert await pool.run(jobs.double, 21, int) == 42


async def test_a_child_killed_by_somebody_costs_only_its_own_job(tmp_path: Path) -> None:
    async with open_pool(2) as pool:
        waits = [asyncio.create_task(pool.run(jobs.waits_for_the_end, str(tmp_path), int)) for _ in range(2)]
        await until(lambda: len(file_names(tmp_path)) == 2)
        first, second = map(int, file_names(tmp_path))
        os.kill(first, signal.SIGKILL)
        (tmp_path / "end").touch()
        results = await asyncio.gather(*waits)
        assert second in results
        assert first not in results  # done once more in another child


async def test_a_job_whose_child_is_killed_each_time_is_tried_twice_and_no_more(
    pool: SandboxPool, tmp_path: Path
) -> None:
    with pytest.raises(Crashed, match="was killed from outside"):
        await pool.run(jobs.is_killed, str(tmp_path), type(None))
    assert len(file_names(tmp_path)) == 2
    assert await pool.run(jobs.double, 21, int) == 42


async def test_a_job_that_is_tried_again_runs_in_a_new_child_while_no_other_job_runs(tmp_path: Path) -> None:
    async with open_pool(2) as pool:
        other = asyncio.create_task(pool.run(jobs.waits_for_the_end, str(tmp_path), int))
        await until(lambda: file_names(tmp_path) != [])
        lost = asyncio.create_task(pool.run(jobs.is_killed_at_first, str(tmp_path), int))
        await until((tmp_path / "killed").exists)
        later = asyncio.create_task(pool.run(jobs.process_id, None, int))
        await asyncio.wait([lost, later], timeout=0.3)
        assert not lost.done()
        (tmp_path / "end").touch()
        pids = await asyncio.gather(other, lost, later)
        assert pids[0] != pids[1]


async def test_two_jobs_that_are_tried_again_do_not_wait_for_one_another(tmp_path: Path) -> None:
    async with open_pool(3) as pool, asyncio.timeout(20):
        calls = [pool.run(jobs.is_killed, str(tmp_path), type(None)) for _ in range(6)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(result) for result in results] == [Crashed] * 6
        assert len(file_names(tmp_path)) == 12


async def test_memory_that_earlier_jobs_left_behind_costs_no_later_one(pool: SandboxPool) -> None:
    full = await pool.run(jobs.holds_memory, 200 * 2**20, int)
    assert await pool.run(jobs.holds_memory, 290 * 2**20, int) != full


async def test_a_job_that_is_too_slow_is_not_tried_again(pool: SandboxPool, tmp_path: Path) -> None:
    with pytest.raises(TimedOut):
        await pool.run(jobs.waits_for_the_end, str(tmp_path), int, wall_limit=SECOND / 2)
    assert len(file_names(tmp_path)) == 1


async def test_a_child_killed_while_idle_is_replaced_without_a_lost_job(pool: SandboxPool) -> None:
    pid = await pool.run(jobs.process_id, None, int)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: is_gone(pid))
    assert await pool.run(jobs.double, 21, int) == 42


async def test_a_child_that_talks_out_of_turn_is_replaced(pool: SandboxPool, tmp_path: Path) -> None:
    pid = await pool.run(jobs.talks_out_of_turn, str(tmp_path / "done"), int)
    await until((tmp_path / "done").exists)
    assert await pool.run(jobs.process_id, None, int) != pid


async def test_a_lost_fork_server_is_started_again(pool: SandboxPool) -> None:
    child = await pool.run(jobs.process_id, None, int)
    os.kill(await pool.run(jobs.parent_process_id, None, int), signal.SIGKILL)
    await until(lambda: is_gone(child))
    assert await pool.run(jobs.double, 21, int) == 42


async def test_many_bad_jobs_among_good_ones_leave_no_process_and_no_descriptor() -> None:
    before = open_files()
    async with open_pool(2) as pool:
        server = await pool.run(jobs.parent_process_id, None, int)
        calls: list[Coroutine[Any, Any, int | None]] = []
        for number in range(30):
            calls.append(pool.run(jobs.double, number, int))
            calls.append(pool.run(jobs.leaves, 1, type(None)))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert [result for result in results if isinstance(result, int)] == list(range(0, 60, 2))
        assert sum(isinstance(result, Crashed) for result in results) == 30
        children = children_of(server)
        assert len(children) <= 2
    assert is_gone(server)
    assert all(is_gone(pid) for pid in children)
    assert open_files() == before


# Cancellation, closing, signals


async def test_a_cancelled_job_is_killed_and_its_place_is_free_again(pool: SandboxPool, tmp_path: Path) -> None:
    pid = await pool.run(jobs.process_id, None, int)
    task = asyncio.create_task(pool.run(jobs.spins_deaf, str(tmp_path / "begun"), type(None)))
    await until((tmp_path / "begun").exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.run(jobs.double, 21, int) == 42
    await until(lambda: is_gone(pid))


async def test_cancelling_at_any_moment_leaves_a_working_pool() -> None:
    before = open_files()
    async with open_pool(2) as pool:
        for step in range(40):
            task = asyncio.create_task(pool.run(jobs.double, step, int))
            await asyncio.sleep(step * 0.0005)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert await asyncio.gather(*(pool.run(jobs.double, number, int) for number in range(4))) == [0, 2, 4, 6]
    assert open_files() == before


async def test_closing_ends_running_and_waiting_jobs_and_every_child(tmp_path: Path) -> None:
    pool = open_pool(1)
    await pool.start()
    pid = await pool.run(jobs.process_id, None, int)
    begun = tmp_path / "begun"
    running = [asyncio.create_task(pool.run(jobs.spins_deaf, str(begun), type(None))) for _ in range(3)]
    await until(begun.exists)
    await pool.close()
    results = await asyncio.gather(*running, return_exceptions=True)
    assert [str(result) for result in results] == ["tests.support.sandbox_jobs.spins_deaf: the sandbox is closed"] * 3
    assert is_gone(pid)
    with pytest.raises(SandboxError, match="closed"):
        await pool.run(jobs.double, 1, int)
    await pool.close()


async def test_an_import_that_fails_is_told_at_the_start() -> None:
    pool = SandboxPool(1, SECOND, memory_bytes=2**29, preload=["no_such_module_of_ours"])
    with pytest.raises(SandboxError, match="cannot import no_such_module_of_ours: ModuleNotFoundError"):
        await pool.start()


async def test_ctrl_c_and_a_polite_kill_do_not_reach_running_jobs(pool: SandboxPool, tmp_path: Path) -> None:
    server = await pool.run(jobs.parent_process_id, None, int)
    task = asyncio.create_task(pool.run(jobs.waits_for_the_end, str(tmp_path), int))
    await until(lambda: file_names(tmp_path) != [])
    for pid in (server, *children_of(server)):
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
    (tmp_path / "end").touch()
    assert isinstance(await task, int)
    assert os.getpgid(server) != os.getpgid(0)


# What a child can see and do


async def test_a_child_sees_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SLACK_TOKEN", "xoxb-secret")
    async with open_pool() as pool:
        seen = await pool.run(jobs.variables, None, dict[str, str])
    assert "xoxb-secret" not in seen.values()


async def test_a_child_holds_one_socket_and_nothing_of_ours(pool: SandboxPool) -> None:
    descriptors = await pool.run(jobs.open_descriptors, None, list[str])
    others = [name for name in descriptors if name != "/dev/null" and not name.startswith("/proc/")]
    assert [name.partition(":")[0] for name in others] == ["socket"]


async def test_a_child_writes_no_file(pool: SandboxPool, tmp_path: Path) -> None:
    target = tmp_path / "written"
    with pytest.raises(Crashed, match=r"OSError: .*File too large"):
        await pool.run(jobs.writes_a_file, str(target), type(None))
    assert target.read_text() == ""


async def test_what_a_child_prints_reaches_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    async with open_pool() as pool:
        await pool.run(jobs.prints, "\x1b[31mhostile", type(None))
    assert capfd.readouterr() == ("", "")


# The parent's death, and the ways the program is started

PARENT = """
import asyncio, sys
from datetime import timedelta
from monitor.sandbox.pool import SandboxPool
from tests.support import sandbox_jobs as jobs

async def main():
    pool = SandboxPool(1, timedelta(seconds=60), memory_bytes=2**29, preload=["tests.support.sandbox_jobs"])
    await pool.start()
    print(await pool.run(jobs.parent_process_id, None, int), await pool.run(jobs.process_id, None, int), flush=True)
    await pool.run(getattr(jobs, sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None, type(None))

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("job", ["spins_deaf", "spins_in_c"], ids=["in Python", "in C"])
async def test_children_die_with_a_parent_that_is_killed(tmp_path: Path, job: str) -> None:
    script, begun = tmp_path / "parent.py", tmp_path / "begun"
    script.write_text(PARENT)
    parent = subprocess.Popen(  # noqa: ASYNC220 - it is started once, and its first line is waited for
        [sys.executable, str(script), job, str(begun)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with parent:
        assert parent.stdout is not None
        server, child = map(int, parent.stdout.readline().split())
        await until(begun.exists)
        assert not is_gone(child)
        parent.kill()
    await until(lambda: is_gone(server) and is_gone(child))


@pytest.mark.parametrize("module", [False, True], ids=["as a script", "with -m"])
def test_it_works_however_the_program_is_started(tmp_path: Path, module: bool) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    command = [sys.executable, *(["-m", "parent"] if module else ["parent.py"]), "prints", "x"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": root}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) == 2
