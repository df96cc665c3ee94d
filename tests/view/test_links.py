"""Links in a text."""

import pytest

from chatcore.view.links import links


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://example.org/a?b=c#d, please", ["https://example.org/a?b=c#d"]),
        ("(http://example.org/x_(y)) and <https://a.b/>.", ["http://example.org/x_(y)", "https://a.b/"]),
        ("HTTPS://EXAMPLE.ORG", ["HTTPS://EXAMPLE.ORG"]),
        ("https://pl.example/zażółć!", ["https://pl.example/zażółć"]),
        ("file:///etc/passwd javascript://x ftp://a.b mailto:a@b.c", []),
        ("https:// http://... nothing", []),
    ],
)
def test_only_addresses_of_the_web_are_links_without_what_closes_the_sentence(text: str, addresses: list[str]) -> None:
    found = list(links(text))

    assert [link.address for link in found] == addresses
    assert [text[link.start : link.stop] for link in found] == addresses
