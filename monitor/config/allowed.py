"""The allow-list of addresses that may be dialled although they are not public: what an entry may look like."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALLOWED_FORM = "write a network 10.0.0.0/8, an address 10.1.2.3, or one port 127.0.0.1:8080 or [::1]:8080"

WITH_PORT = re.compile(r"^(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?$")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One line of the allow-list; port 0 stands for every port."""

    network: Network
    port: int = 0

    def covers(self, address: Address, port: int) -> bool:
        """Tell whether this line lets the address through."""
        return address.version == self.network.version and address in self.network and self.port in (0, port)


def parse_allowed(entry: str) -> Allowed:
    """Return an allow-list entry, or raise ValueError with the accepted forms."""
    text = entry.strip()
    try:
        if found := WITH_PORT.match(text):
            address = ipaddress.ip_address(found["six"] or found["four"])
            port = int(found["port"] or 0)
            if port > 65_535:
                raise ValueError("port")
            return Allowed(ipaddress.ip_network(plain_address(address)), port)
        return Allowed(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{entry!r} is not an address or network; {ALLOWED_FORM}") from None


def plain_address(address: Address) -> Address:
    """Return the IPv4 address inside an IPv4-mapped IPv6 one (::ffff:1.2.3.4), others unchanged."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
