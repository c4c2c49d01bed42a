from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.notify.notifier import Delivered, Outcome, Permanent, Throttled, Transient, classify

H = timedelta(hours=1)
REDIRECT = "HTTP 302, a redirect: write the final address into the channel's url"


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        pytest.param(200, None, Delivered("HTTP 200"), id="200 is delivered"),
        pytest.param(204, None, Delivered("HTTP 204"), id="an empty answer is delivered too"),
        pytest.param(429, 3 * H, Throttled(3 * H, "HTTP 429"), id="429 waits as long as it was told"),
        pytest.param(429, None, Throttled(timedelta(0), "HTTP 429"), id="429 without a time still quiets the channel"),
        pytest.param(503, H, Throttled(H, "HTTP 503"), id="a planned outage is waited for"),
        pytest.param(500, None, Transient("HTTP 500"), id="a broken receiver is tried again"),
        pytest.param(408, None, Transient("HTTP 408"), id="a receiver that saw no request is tried again"),
        pytest.param(425, None, Transient("HTTP 425"), id="too early is tried again"),
        pytest.param(302, None, Permanent(REDIRECT), id="a redirect is not followed"),
        pytest.param(400, None, Permanent("HTTP 400"), id="a refused message is not repeated"),
        pytest.param(401, None, Permanent("HTTP 401"), id="a wrong password is not repeated"),
        pytest.param(404, None, Permanent("HTTP 404", gone=True), id="a missing webhook is gone"),
        pytest.param(410, H, Permanent("HTTP 410", gone=True), id="a removed webhook is gone whatever it asks for"),
    ],
)
def test_answer_decides_what_happens_to_the_delivery(
    status: int, retry_after: timedelta | None, expected: Outcome
) -> None:
    assert classify(status, retry_after) == expected


def test_the_receivers_words_become_part_of_the_reason() -> None:
    assert classify(404, None, said="no_service") == Permanent("HTTP 404: no_service", gone=True)
