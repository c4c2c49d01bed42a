from __future__ import annotations

import signal
import time

import pytest

from monitor.sandbox.deadline import DeadlinePassed, cpu_deadline


def spin() -> None:
    while True:
        pass


def swallow() -> None:
    try:
        spin()
    except:  # noqa: E722 - as a library might
        spin()


def test_what_uses_too_much_cpu_time_is_stopped() -> None:
    started = time.process_time()
    with pytest.raises(DeadlinePassed, match=r"took more than 0\.05 s of CPU time"), cpu_deadline(0.05):
        spin()
    assert time.process_time() - started < 1.0


def test_what_swallows_every_exception_is_stopped_all_the_same() -> None:
    with pytest.raises(DeadlinePassed), cpu_deadline(0.05):
        swallow()


def test_what_is_quick_is_left_alone_and_nothing_strikes_later() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with cpu_deadline(0.05):
        value = 1
    started = time.process_time()
    while time.process_time() - started < 0.2:
        value += 1
    assert value > 1
    assert signal.getsignal(signal.SIGPROF) is before


def test_waiting_costs_nothing() -> None:
    with cpu_deadline(0.05):
        signal.sigtimedwait([signal.SIGUSR2], 0.2)


def test_an_exception_of_the_part_comes_out_as_it_is() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(ValueError, match="bad luck"), cpu_deadline(1.0):
        raise ValueError("bad luck")
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
