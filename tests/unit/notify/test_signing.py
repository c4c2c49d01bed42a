from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.notify.signing import signed_headers, signing_key

AT = datetime(2021, 2, 25, 14, 50, 30, tzinfo=UTC)


def test_signature_is_the_one_of_the_specifications_example() -> None:
    # The example of the Standard Webhooks documentation, checked with its reference library.
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers(
        key,
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=UTC),
        body=b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_without_prefix_is_used_as_it_stands() -> None:
    assert signing_key("correct horse battery staple") == b"correct horse battery staple"


def test_padding_may_be_left_out() -> None:
    assert signing_key("whsec_YWJjZA") == b"abcd"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_a"])
def test_a_secret_that_gives_no_key_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(ValueError, match="make one with") as error:
        signing_key(secret)
    assert "not base64!" not in str(error.value)
