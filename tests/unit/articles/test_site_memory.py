"""On which sites pages are read on trust."""

from __future__ import annotations

import pytest

from monitor.articles.site_memory import CHECK_EVERY, PROVEN, SiteMemory, SiteRecord, after_page

PAGE = "https://paper.example/1"


@pytest.mark.parametrize(
    ("confirmed", "is_trusted"),
    [
        pytest.param([], False, id="unknown"),
        pytest.param([True] * (PROVEN - 1), False, id="one short of enough"),
        pytest.param([True] * PROVEN, True, id="confirmed in a row"),
        pytest.param([True, None] * PROVEN, True, id="pages that were not compared say nothing"),
        pytest.param([None] * 99, False, id="nothing but those"),
        pytest.param([True] * (PROVEN - 1) + [False] + [True] * (PROVEN - 1), False, id="a contradiction in between"),
        pytest.param([True] * 99 + [False], False, id="one contradiction starts all anew"),
    ],
)
def test_a_site_is_trusted_after_confirmations_in_a_row(confirmed: list[bool | None], is_trusted: bool) -> None:
    sites = SiteMemory()
    for each in confirmed:
        sites.learn(PAGE, trusted=False, confirmed=each)
    assert sites.trusts("https://paper.example/another") is is_trusted
    assert not sites.trusts("https://other.example/1")


def test_of_a_trusted_sites_pages_one_in_so_many_is_checked() -> None:
    sites = SiteMemory()
    for _ in range(PROVEN):
        sites.learn(PAGE, trusted=False, confirmed=True)
    trusted = []
    for _ in range(2 * CHECK_EVERY):
        trusted.append(sites.trusts(PAGE))
        sites.learn(PAGE, trusted=trusted[-1], confirmed=None if trusted[-1] else True)
    assert trusted == ([True] * (CHECK_EVERY - 1) + [False]) * 2


@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        pytest.param(True, SiteRecord(confirmed=PROVEN + 1), id="confirmed"),
        pytest.param(
            None, SiteRecord(confirmed=PROVEN, unchecked=CHECK_EVERY - 1), id="not compared: the check stays due"
        ),
        pytest.param(False, SiteRecord(), id="contradicted"),
    ],
)
def test_a_check_decides_how_it_goes_on(confirmed: bool | None, expected: SiteRecord) -> None:
    due = SiteRecord(confirmed=PROVEN, unchecked=CHECK_EVERY - 1)
    assert after_page(due, trusted=False, confirmed=confirmed) == expected


def test_the_sites_used_last_are_remembered() -> None:
    sites = SiteMemory(most=2)
    for host in ("a", "b", "c"):
        for _ in range(PROVEN):
            sites.learn(f"https://{host}.example/", trusted=False, confirmed=True)
            sites.learn("https://a.example/", trusted=False, confirmed=True)
    assert [host for host in "abc" if sites.trusts(f"https://{host}.example/")] == ["a", "c"]
    sites.learn("no address", trusted=False, confirmed=True)
    assert not sites.trusts("no address")
