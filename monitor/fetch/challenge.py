"""Pages that a site puts before what was asked for: checks for robots, requests for consent, logins. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

PageKind = Literal["challenge", "consent", "login", ""]

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
    b"challenges.cloudflare.com",
    b"/cdn-cgi/challenge-platform/h/",
    b"captcha-delivery.com",
    b"px-captcha",
    b"_incapsula_resource",
    b"awswafcookiedomainlist",
    b"hcaptcha.com/1/api.js",
    b"google.com/recaptcha/api.js",
    b"ddos-guard.net",
    b"geo.captcha",
    *(
        b"token.awswaf.com",
        b"captcha.awswaf.com",
        b"arkoselabs.com",
        b"geetest.com",
        b"turing.captcha",
        b"captcha.qq.com",
    ),
    *(b"smartcaptcha.", b"captcha-api.yandex", b"friendlycaptcha", b"friendly-challenge", b"mcaptcha", b"/tspd/"),
    *(
        b"/_sec/cp_challenge",
        b"/.within.website/x/cmd/anubis",
        b"/__qrator/",
        b"/.well-known/sgcaptcha/",
        b"perfdrive.com",
    ),
    *(b"kpsdk", b"security/vercel-challenge", b"sucuri_cloudproxy", b"_fs-ch-", b"altcha"),
)
_CHALLENGE_HEADERS = (  # a challenge or a captcha
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", "c"),
    ("x-vercel-mitigated", ""),
)
_LOOKED_AT = 64 * 1024

_TITLE = re.compile(rb"<title\b[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_CONSENT_TITLE = re.compile(
    r"before you continue|bevor sie (?:zu|fort)|avant d.acc.der|your privacy|privacy (?:settings|gate|wall)|consent"
    r"|cookie.?(?:wall|settings|einstellungen)|zustimmung|datenschutz|consentement|consentimiento|consenso|toestemming"
    r"|согласие",
    re.IGNORECASE,
)
# The scripts and addresses of the large makers of consent pages. On a regular page they stand, too: they count only
# for a page that came in place of a feed, or with hardly any text.
_CONSENT_MARKS = (
    b"consent.google.", b"consent.yahoo.", b"guce.", b"consent.youtube.", b"sp_message", b"privacy-mgmt.com",
    b"cookiewall", b"cookie-wall", b"privacygate", b"myprivacy.", b"didomi", b"onetrust", b"usercentrics", b"cookiebot",
    b"consentmanager", b"quantcast.mgr", b"iubenda", b"trustarc", b"__tcfapi",
)  # fmt: skip
_LOGIN_TITLE = re.compile(
    r"\b(?:log.?in|sign.?in|anmelden|anmeldung|connexion|iniciar sesi.n|accedi|inloggen|autenticación|вход)\b"
    r"|登录|登入|ログイン"
    r"|^(?:log|sign) (?:in|on)\b",
    re.IGNORECASE,
)
_PASSWORD = re.compile(rb"<input\b[^<>]{0,300}\btype\s*=\s*[\"']?password\b", re.IGNORECASE)


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether an answer is a check for robots; `headers` in any case."""
    return has_challenge_header(headers) or any(mark in body[:_LOOKED_AT].lower() for mark in CHALLENGE_MARKS)


def has_challenge_header(headers: Mapping[str, str]) -> bool:
    """Return whether the answer's headers alone say that it is a check for robots."""
    return any(name in headers and headers[name].lower().startswith(value) for name, value in _CHALLENGE_HEADERS)


def page_kind(html: bytes) -> PageKind:
    """Return what an HTML page is that came in place of a feed, "" if that cannot be said."""
    start = html[:_LOOKED_AT]
    folded = start.lower()
    found = _TITLE.search(start)
    title = found[1].decode("utf-8", "replace").strip() if found else ""
    if any(mark in folded for mark in CHALLENGE_MARKS):
        return "challenge"
    if _CONSENT_TITLE.search(title):
        return "consent"
    if _LOGIN_TITLE.search(title) or _PASSWORD.search(start):
        return "login"
    return "consent" if any(mark in folded for mark in _CONSENT_MARKS) else ""


def may_be_captcha(markup: bytes) -> bool:
    """Return whether a page names a captcha maker: with hardly any text beside it, it is a check for robots."""
    folded = markup.lower()
    return any(mark in folded for mark in CAPTCHA_MARKS)


def may_be_consent(markup: bytes) -> bool:
    """Return whether a page names a maker of consent dialogs, as most regular pages of Europe do as well."""
    folded = markup.lower()
    return any(mark in folded for mark in _CONSENT_MARKS)
