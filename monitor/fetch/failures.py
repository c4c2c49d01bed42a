"""What went wrong with a request, in plain words, from the errors of the HTTP library and the system."""

from __future__ import annotations

import errno
import socket
import ssl

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError, LineTooLong

from monitor.errors import FetchError, FetchRefused, FetchTransient
from monitor.fetch.guard import AddressRefused
from monitor.text import clean_line

UNREADABLE_ENCODING = "answers in a compression that we cannot unpack, or did not ask for"
LISTING_HINT = "if it is yours, list it under network.allow"

_SYSTEM = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the other side",
    errno.EPIPE: "connection closed by the other side",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ETIMEDOUT: "connection timed out",
    errno.EMFILE: "too many open files on this machine; raise its limit (ulimit -n)",
}


def failure(error: aiohttp.ClientError | OSError | UnicodeError, url: str) -> FetchError:
    """Return the error to raise for a failed request; `url` is already redacted."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused):
        return FetchRefused(url, f"leads to a private or special address ({error.os_error}); {LISTING_HINT}")
    if isinstance(error, aiohttp.ClientResponseError) and _has_header_flood(error):
        return FetchRefused(url, "sends more or longer headers than we accept")
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):
        return FetchRefused(url, "not a valid web address")
    return FetchTransient(url, _words(error))


def _words(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return _lookup_words(error.os_error)
        case aiohttp.ClientConnectorCertificateError():
            return f"certificate not valid: {_certificate_words(error.certificate_error)}"
        case aiohttp.ClientSSLError():
            return f"no secure connection: {clean_line(_tls_words(error.os_error), 200)}"
        case aiohttp.ServerDisconnectedError():
            return "closed the connection without an answer"
        case aiohttp.ClientError() if _was_caused_by(error, ContentEncodingError):
            return UNREADABLE_ENCODING
        case aiohttp.ClientPayloadError():
            return "the answer broke off"
        case aiohttp.ClientResponseError():
            return f"does not speak HTTP as it should: {clean_line(error.message, 200)}"
        case aiohttp.ClientOSError() | OSError():
            return _system_words(error)
    return clean_line(f"{type(error).__name__}: {error}", 200)


def _lookup_words(error: OSError) -> str:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return "name lookup failed for now; is the name server reachable?"
    return "name not found"


def _certificate_words(error: Exception) -> str:
    detail = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)
    return clean_line(detail, 200).rstrip(".")


def _tls_words(error: OSError) -> str:
    return (error.reason if isinstance(error, ssl.SSLError) else "") or str(error)


def _system_words(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    number = cause.errno if isinstance(cause, OSError) else None
    if number in _SYSTEM:
        return _SYSTEM[number]
    return f"connection failed: {clean_line(str(cause), 200) or type(cause).__name__}"


def _has_header_flood(error: aiohttp.ClientResponseError) -> bool:
    return _was_caused_by(error, LineTooLong) or "Too many headers" in error.message


def _was_caused_by(error: BaseException | None, kind: type[Exception]) -> bool:
    """Tell whether an error of this kind is in the chain of causes; the library wraps twice."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__
    return False
