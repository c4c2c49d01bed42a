"""What went wrong with a request, in plain words, from the errors of libcurl and the system."""

from __future__ import annotations

import errno
import re
import socket

import pycurl

from monitor.errors import FetchError, FetchRefused, FetchTransient
from monitor.fetch.answer import HeaderFlood, NotHttp
from monitor.fetch.curl import TransferFailed
from monitor.fetch.decoding import TooLarge, Undecodable
from monitor.text import clean_line

UNREADABLE_ENCODING = "answers in a compression that we cannot unpack, or did not ask for"
LISTING_HINT = "if it is yours, list it under network.allow"

E_TOO_LARGE = 100  # pycurl has no name for it

_SYSTEM = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset by the other side",
    errno.EPIPE: "connection closed by the other side",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "host unreachable",
    errno.ETIMEDOUT: "connection timed out",
    errno.EMFILE: "too many open files on this machine; raise its limit (ulimit -n)",
}


# What libcurl says of a certificate, and of TLS otherwise, has a beginning that says nothing to users.
_CERTIFICATE_FRAME = re.compile(r"^SSL( certificate problem| certificate OpenSSL verify result)?: |( \(\d+\))?\.?$")
_TLS_PREFIX = re.compile(r"^TLS connect error: (error:[0-9A-F]+:[^:]*:[^:]*:)?")


def failure(error: TransferFailed | OSError | UnicodeError, url: str) -> FetchError:
    """Return the error to raise for a request without an answer; `url` is already redacted."""
    if isinstance(error, UnicodeError):
        return FetchRefused(url, "not a valid web address")
    if isinstance(error, OSError):
        return FetchTransient(url, _lookup_words(error))
    if error.refused is not None:
        return FetchRefused(url, f"leads to a private or special address ({error.refused}); {LISTING_HINT}")
    if error.code == pycurl.E_URL_MALFORMAT:
        return FetchRefused(url, "not a valid web address")
    if error.code == E_TOO_LARGE or error.words.startswith("Too large response headers"):
        return flaw(HeaderFlood(), url, 0)
    return FetchTransient(url, _words(error))


def flaw(error: Exception, url: str, max_bytes: int) -> FetchError:
    """Return the error to raise for an answer that we broke off."""
    match error:
        case HeaderFlood():
            return FetchRefused(url, "sends more or longer headers than we accept")
        case TooLarge():
            return FetchRefused(url, f"sends more than {_size_words(max_bytes)}, our limit for it")
        case Undecodable():
            return FetchTransient(url, UNREADABLE_ENCODING)
        case NotHttp():
            return FetchTransient(url, "does not speak HTTP as it should: its status is no number")
    return FetchTransient(url, clean_line(f"{type(error).__name__}: {error}", 200))


def _words(error: TransferFailed) -> str:
    words = clean_line(error.words, 200)
    match error.code:
        case pycurl.E_PEER_FAILED_VERIFICATION:
            return f"certificate not valid: {_CERTIFICATE_FRAME.sub('', words)}"
        case pycurl.E_SSL_CONNECT_ERROR if not error.errno:
            return f"no secure connection: {_TLS_PREFIX.sub('', words)}"
        case pycurl.E_SSL_CACERT_BADFILE:
            return "the trusted certificates of this machine cannot be read; see SSL_CERT_FILE"
        case pycurl.E_GOT_NOTHING:
            return "closed the connection without an answer"
        case pycurl.E_PARTIAL_FILE:
            return "the answer broke off"
        case pycurl.E_UNSUPPORTED_PROTOCOL | pycurl.E_FTP_WEIRD_SERVER_REPLY:
            return f"does not speak HTTP as it should: {words}"
        case pycurl.E_COULDNT_RESOLVE_HOST:
            return "name not found"
    if error.errno in _SYSTEM:
        return _SYSTEM[error.errno]
    if error.code == pycurl.E_RECV_ERROR:
        return f"the connection broke off: {words}"
    return f"connection failed: {words}"


def _lookup_words(error: OSError) -> str:
    if error.errno == socket.EAI_AGAIN and isinstance(error, socket.gaierror):
        return "name lookup failed for now; is the name server reachable?"
    if error.errno in _SYSTEM and not isinstance(error, socket.gaierror):
        return _SYSTEM[error.errno]
    return "name not found"


def _size_words(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.3g} MiB" if size_bytes >= 2**20 else f"{size_bytes} bytes"
