"""Answers that check for robots instead of giving what was asked for: how feeds and pages are known to be blocked."""

from __future__ import annotations

from collections.abc import Mapping

# What the robot checks of the large providers write into their pages; regular pages hold none of these.
CHALLENGE_MARKS = (
    b"<title>just a moment",
    b"_cf_chl_opt",
    b"<title>attention required! | cloudflare",
    b"_incapsula_resource",
    b"captcha-delivery.com",  # DataDome
    b"px-captcha",
    b"awswafintegration",
    b"<title>ddos-guard",
)
# These stand on regular pages too, which have captchas in forms: they count only where there is hardly any text.
CAPTCHA_MARKS = (
    "challenges.cloudflare.com",
    "/cdn-cgi/challenge-platform/h/",
    "captcha-delivery.com",
    "px-captcha",
    "_incapsula_resource",
    "awswafcookiedomainlist",
    "hcaptcha.com/1/api.js",
    "google.com/recaptcha/api.js",
    "ddos-guard.net",
    "geo.captcha",
)
_CHALLENGE_HEADERS = (("cf-mitigated", "challenge"), ("x-amzn-waf-action", "c"))  # challenge or captcha
_LOOKED_AT = 64 * 1024


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether an answer is a check for robots; `headers` in any case."""
    return has_challenge_header(headers) or any(mark in body[:_LOOKED_AT].lower() for mark in CHALLENGE_MARKS)


def has_challenge_header(headers: Mapping[str, str]) -> bool:
    """Return whether the answer's headers alone say that it is a check for robots."""
    return any(headers.get(name, "").lower().startswith(value) for name, value in _CHALLENGE_HEADERS)


def may_be_captcha(html: str) -> bool:
    """Return whether a page names a captcha maker: with hardly any text beside it, it is a check for robots."""
    folded = html.lower()
    return any(mark in folded for mark in CAPTCHA_MARKS)
