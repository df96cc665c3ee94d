"""Which addresses never leave the machine."""

import pytest

from chatcore.domain.addresses import host_and_port, is_loopback


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
