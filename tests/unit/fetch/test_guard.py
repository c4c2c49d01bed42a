"""Which addresses may be dialled."""

from __future__ import annotations

import pytest

from monitor.fetch.guard import AddressRefused, Guard


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.255.255.254", id="the far end of loopback"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("10.0.0.1", id="private 10/8"),
        pytest.param("172.16.0.1", id="private 172.16/12"),
        pytest.param("192.168.1.1", id="private 192.168/16"),
        pytest.param("169.254.169.254", id="cloud metadata"),
        pytest.param("100.64.0.1", id="carrier-grade NAT"),
        pytest.param("192.0.0.8", id="protocol assignments"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarking"),
        pytest.param("192.88.99.1", id="6to4 relay"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("239.255.255.250", id="multicast, SSDP"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="IPv6 loopback"),
        pytest.param("::", id="IPv6 unspecified"),
        pytest.param("::127.0.0.1", id="IPv4-compatible loopback"),
        pytest.param("::ffff:127.0.0.1", id="IPv4-mapped loopback"),
        pytest.param("::ffff:169.254.169.254", id="IPv4-mapped metadata"),
        pytest.param("64:ff9b::7f00:1", id="NAT64 loopback"),
        pytest.param("64:ff9b::808:808", id="NAT64 of a public address"),
        pytest.param("64:ff9b:1::1", id="local NAT64"),
        pytest.param("2002:7f00:1::1", id="6to4 loopback"),
        pytest.param("2001::1", id="Teredo"),
        pytest.param("2001:db8::1", id="IPv6 documentation"),
        pytest.param("fe80::1", id="link-local"),
        pytest.param("fe80::1%eth0", id="link-local with a zone"),
        pytest.param("fec0::1", id="old site-local"),
        pytest.param("fd00:ec2::254", id="unique local, cloud metadata"),
        pytest.param("ff02::1", id="IPv6 multicast"),
        pytest.param("5f00::1", id="segment routing"),
        pytest.param("localhost", id="a name is no address"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().check(address, 80)


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.0.81", "2a00:1450:4001:82a::200e", "::ffff:8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    Guard().check(address, 443)


@pytest.mark.parametrize(
    ("allow", "address", "port"),
    [
        pytest.param("127.0.0.0/8", "127.9.9.9", 1, id="a network opens all its addresses and ports"),
        pytest.param("127.0.0.1/8", "127.9.9.9", 1, id="host bits in a network are no error"),
        pytest.param("10.1.2.3", "10.1.2.3", 1, id="an address opens all its ports"),
        pytest.param("127.0.0.1:8080", "127.0.0.1", 8080, id="address and port"),
        pytest.param("127.0.0.1", "::ffff:127.0.0.1", 80, id="the mapped form of a listed address"),
        pytest.param("[::1]:8080", "::1", 8080, id="IPv6 address and port"),
        pytest.param("::1", "::1", 80, id="IPv6 address"),
        pytest.param("fd00::/8", "fd00::5", 80, id="IPv6 network"),
    ],
)
def test_listed_addresses_pass(allow: str, address: str, port: int) -> None:
    Guard([allow]).check(address, port)


@pytest.mark.parametrize(
    ("allow", "address", "port"),
    [
        pytest.param("127.0.0.1:8080", "127.0.0.1", 8081, id="another port"),
        pytest.param("127.0.0.1:8080", "127.0.0.2", 8080, id="another address"),
        pytest.param("10.0.0.0/24", "10.0.1.0", 80, id="beside the network"),
        pytest.param("0.0.0.0/0", "::1", 80, id="all of IPv4 is not IPv6"),
    ],
)
def test_a_listed_address_opens_nothing_else(allow: str, address: str, port: int) -> None:
    with pytest.raises(AddressRefused, match="not a public address"):
        Guard([allow]).check(address, port)


@pytest.mark.parametrize(
    "entry", ["", "example.org", "10.0.0", "10.0.0.0/33", "127.0.0.1:99999", "127.0.0.1:http", "*"]
)
def test_a_malformed_entry_is_named_with_the_accepted_forms(entry: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address or network; write a network 10\.0\.0\.0/8"):
        Guard([entry])


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        pytest.param("127.0.0.1", 8080, True, id="listed literal"),
        pytest.param("localhost", 8080, True, id="localhost when its address is listed"),
        pytest.param("LOCALHOST.", 8080, True, id="localhost in another spelling"),
        pytest.param("127.0.0.1", 80, False, id="a port that is not listed"),
        pytest.param("10.1.1.1", 80, True, id="inside a listed network"),
        pytest.param("[fd00::1]", 80, True, id="IPv6 literal in brackets"),
        pytest.param("8.8.8.8", 80, False, id="public"),
        pytest.param("intranet.example", 80, False, id="a name may lead anywhere"),
    ],
)
def test_own_network_is_recognised_by_literal_addresses(host: str, port: int, expected: bool) -> None:
    assert Guard(["127.0.0.1:8080", "10.0.0.0/8", "fd00::/8"]).is_own(host, port) is expected
