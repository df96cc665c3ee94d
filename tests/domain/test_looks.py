"""Names that cannot be told apart by eye have one look, and no others."""

import pytest

from chatcore.domain.looks import look_of, skeleton


@pytest.mark.parametrize(
    "alike",
    [
        ("alice", "aIice", "a1ice", "аlice", "ａｌｉｃｅ", "al\u200bice", "ali\u00adce", "aliсe"),
        ("mia", "rnia"),
        ("bob0", "bobO", "bobo", "bobо"),
        ("Łukasz", "L\u0338ukasz"),
        ("ﬁona", "fiona"),
        ("Zoë", "Zoe\u0308"),
        ("paypal", "раураl", "рaypal"),
        ("admin", "ａｄｍｉｎ", "ⓐⓓⓜⓘⓝ", "ᵃᵈᵐⁱⁿ"),
    ],
)
def test_what_looks_alike_has_one_look(alike: tuple[str, ...]) -> None:
    assert len({skeleton(name) for name in alike}) == 1
    assert len({look_of(name) for name in alike}) == 1


@pytest.mark.parametrize(
    "different", [("alice", "alicia", "aiice"), ("Lukasz", "Łukasz"), ("Zoe", "Zoë"), ("李", "季"), ("ann", "anne")]
)
def test_what_can_be_told_apart_has_not(different: tuple[str, ...]) -> None:
    assert len({look_of(name) for name in different}) == len(different)


def test_a_look_is_short_however_long_the_name() -> None:
    assert len(look_of("ﷺ" * 64)) == len(look_of("")) == 16
