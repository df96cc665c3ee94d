"""Which addresses never leave the machine."""

from ipaddress import ip_network

import pytest

from chatcore.domain.addresses import behind_proxies, host_and_port, is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "chat.localhost", "127.0.0.1", "127.8.8.8", "::1"]
)
def test_loopback_stays_on_the_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.168.0.1", "chat.example", "localhost.example", "127.0.0.1.example", "2130706433"]
)
def test_everything_else_may_leave_it(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("chat.example", "chat.example:80"), ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80")],
)
def test_an_ipv6_address_gets_brackets(host: str, expected: str) -> None:
    assert host_and_port(host, 80) == expected


PROXIES = tuple(map(ip_network, ["10.0.0.0/8", "127.0.0.1/32", "::1/128"]))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("10.1.1.1", "198.51.100.9, 10.2.2.2 ,127.0.0.1", "198.51.100.9"),
        ("::1", "2001:DB8::1", "2001:db8::1"),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "unknown", ""),
        ("127.0.0.1", "10.1.1.1", ""),
        ("127.0.0.1", "x" * 60_000, ""),
        ("", "198.51.100.9", ""),
    ],
)
def test_only_a_trusted_proxy_says_who_is_behind_it_and_only_the_last_one_is_believed(
    peer: str, forwarded: str, address: str
) -> None:
    assert behind_proxies(peer, forwarded, PROXIES) == address


def test_without_a_trusted_proxy_nobody_is_believed() -> None:
    assert behind_proxies("127.0.0.1", "198.51.100.9", ()) == "127.0.0.1"


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        ("198.51.100.9:5678", "198.51.100.9"),
        ('"[2001:db8::1]:5678"', "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:198.51.100.9", "198.51.100.9"),
        ("198.51.100.9:", ""),
        ("unknown", ""),
    ],
)
def test_what_a_proxy_writes_around_an_address_is_left_out(hop: str, address: str) -> None:
    assert behind_proxies("::ffff:10.0.0.1", hop, PROXIES) == address
