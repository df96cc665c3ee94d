"""What an ASGI server tells of a handshake: cookies, queries, addresses behind proxies."""

from __future__ import annotations

import pytest

from chatcore.adapters.asgi_handshake import Handshake, handshake_of, may_come, networks


def handshake(*headers: tuple[str, str], client: str = "192.0.2.1", proxies: tuple[str, ...] = ()) -> Handshake:
    """Return what is made of a scope."""
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"headers": pairs, "client": (client, 5000), "query_string": b"a=1&b=%20x&a=2&c="}
    return handshake_of(scope, networks(proxies))


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("sid=1; theme=dark", {"sid": "1", "theme": "dark"}),
        ('sid="a\\"b\\073"', {"sid": 'a"b;'}),
        ("a=1; a=2", {"a": "1"}),
        ("nothing; =x; sid=1;;", {"": "x", "sid": "1"}),
        ("bad[name]=é; sid=1", {"bad[name]": "é", "sid": "1"}),
        ("", {}),
    ],
)
def test_cookies_are_read_as_browsers_send_them_and_a_strange_one_spoils_no_other(
    header: str, cookies: dict[str, str]
) -> None:
    assert handshake(("cookie", header)).cookies == cookies


def test_a_query_is_read_and_headers_are_found_by_their_names_in_lower_case() -> None:
    seen = handshake(("X-Key", "a"), ("x-key", "b"), ("Cookie", "a=1"), ("cookie", "b=2"))

    assert seen.query == {"a": "2", "b": " x", "c": ""}
    assert (seen.headers["x-key"], seen.cookies) == ("a, b", {"a": "1", "b": "2"})


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "found"),
    [
        ("192.0.2.1", "203.0.113.9", (), "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", ("10.0.0.0/8",), "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, nonsense", ("10.0.0.0/8",), ""),
        ("10.0.0.1", "10.0.0.3", ("10.0.0.0/8",), ""),
        ("10.0.0.1", "", ("10.0.0.0/8",), ""),
        ("::1", "2001:db8::7", ("::1",), "2001:db8::7"),
    ],
)
def test_only_what_a_trusted_proxy_has_written_is_believed_of_an_address(
    client: str, forwarded: str, proxies: tuple[str, ...], found: str
) -> None:
    assert handshake(("x-forwarded-for", forwarded), client=client, proxies=proxies).client == found


@pytest.mark.parametrize(("client", "may"), [("10.0.0.1", True), ("192.0.2.1", False)])
def test_the_host_before_a_trusted_proxy_is_the_one_whose_pages_may_come(client: str, *, may: bool) -> None:
    headers = (("host", "inside:8000"), ("x-forwarded-host", "site.example"), ("origin", "https://site.example"))

    assert may_come(handshake(*headers, client=client, proxies=("10.0.0.0/8",)), None) == may


@pytest.mark.parametrize(("proxies", "error"), [("10.0.0.0/8", TypeError), (["proxy.example"], ValueError)])
def test_proxies_are_a_list_of_networks(proxies: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        networks(proxies)
