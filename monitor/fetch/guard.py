"""Which addresses may be dialled. Asked at socket creation: literals, redirects and rebinding names all pass here."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.config.allowed import Address, Network, parse_allowed, plain_address

GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")  # all global unicast that IANA has handed out

# Ranges that ipaddress (CPython 3.11.7) calls global although no public host lives there or they lead elsewhere:
# NAT64 and 6to4 carry an IPv4 address inside, 192.0.0.0/24 is for protocols, 192.88.99.0/24 was the 6to4 relay.
NEVER_PUBLIC: tuple[Network, ...] = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2001::/23"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("3fff::/20"),
)


class AddressRefused(OSError):
    """The guard's no, as an error that a connection attempt may end with; str() gives the reason."""


class Guard:
    """Public addresses may be dialled, all others only if the operator listed them.

    Args:
        allow: CIDR, ADDRESS, ADDRESS:PORT or [IPV6]:PORT each, e.g. "10.0.0.0/8", "127.0.0.1:8080".

    Raises:
        ValueError: an entry has another form; the message names it.
    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self._allowed = tuple(parse_allowed(entry) for entry in allow)

    def check(self, address: str, port: int) -> None:
        """Return if this numeric address may be dialled at this port.

        Raises:
            AddressRefused: it may not; the message says why, without the port.
        """
        target = _literal(address)
        if target is None:
            raise AddressRefused(f"{address} is not a numeric address")
        if not is_public(target) and not self._covers(target, port):
            raise AddressRefused(f"{address} is not a public address")

    def is_own(self, host: str, port: int) -> bool:
        """Tell whether a host as written in a URL is a listed literal address (or localhost): the operator's own."""
        name = host.strip("[]").rstrip(".").lower()
        literals = ("127.0.0.1", "::1") if name == "localhost" else (name,)
        addresses = [_literal(literal) for literal in literals]
        # A name is nobody's own: where it leads is only known when it is dialled.
        return any(address is not None and self._covers(address, port) for address in addresses)

    def owns(self, url: str) -> bool:
        """Tell the same of an address."""
        try:
            parts = urlsplit(url)
            return self.is_own(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        except ValueError:
            return False

    def _covers(self, address: Address, port: int) -> bool:
        return any(entry.covers(address, port) for entry in self._allowed)


def is_literal(host: str) -> bool:
    """Return whether a host is an IP address in its usual form, for which nobody needs to be asked."""
    return _literal(host) is not None


@lru_cache(maxsize=4_096)
def _literal(host: str) -> Address | None:
    if ":" not in host and not host[-1:].isdigit():
        return None  # nearly all hosts; trying to read them as addresses costs ten times as much
    try:
        return plain_address(ipaddress.ip_address(host))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address (already plain) belongs to a host on the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_IPV6:
        return False
    if any(address.version == network.version and address in network for network in NEVER_PUBLIC):
        return False
    return address.is_global and not address.is_multicast
