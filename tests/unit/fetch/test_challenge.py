"""What a page is that came in place of a feed."""

from __future__ import annotations

import pytest

from monitor.fetch.challenge import PageKind, page_kind


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        ("<title>Attention Required! | Cloudflare</title>", "challenge"),
        ("<title>Before you continue to Gulf Courier</title>", "consent"),
        ("<title lang='de'>Gulf Courier Privacy Gate</title>", "consent"),
        ("<title>Gulf</title><script src='https://cdn.privacy-mgmt.com/x.js'></script>", "consent"),
        ("<title>Log in – Gulf Courier</title>", "login"),
        ("<title>Gulf Courier</title><form><INPUT name=p type=password></form>", "login"),
        ("<title>会員ログイン</title>", "login"),
        ("<title>Gulf Courier: catalogue in print</title><body>News, prose</body>", ""),
        ("<title>The blogging industry</title>", ""),
        ("", ""),
        ("<title " * 20_000, ""),
        ("<input " * 20_000, ""),
    ],
)
def test_a_page_in_place_of_a_feed_is_told(html: str, kind: PageKind) -> None:
    assert page_kind(html.encode()) == kind
