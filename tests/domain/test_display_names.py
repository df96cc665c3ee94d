"""Display names: any script, nothing that cannot be seen; and the account's names that are made of them."""

from itertools import islice

import pytest

from chatcore import InvalidName, UserId
from chatcore.domain.display_names import account_names, check_display_name
from chatcore.domain.users import AsciiNames

USER = UserId("00000000075bcd15")  # 123456789


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Łukasz Żak", "Łukasz Żak"),
        ("  Ann \u00a0\t Kowalska\n", "Ann Kowalska"),
        ("Zoe\u0308", "Zoë"),
        ("李小龍", "李小龍"),
        ("محمد", "محمد"),
        ("Ann ❤\ufe0f 🙂", "Ann ❤ 🙂"),
        ("O'Neil-Smith, Jr. (2nd)", "O'Neil-Smith, Jr. (2nd)"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_name_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert check_display_name(typed) == kept
    assert check_display_name(kept) == kept


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "1 to 64 characters, this one has 0"),
        ("\u00a0 \u2800", "this one has 0"),
        ("x" * 65, "this one has 65"),
        ("ann@home", "no @ in it"),
        ("ann\u202ebob", r"shows nothing in it \(U\+202E\)"),
        ("ann\u200bbob", r"shows nothing in it \(U\+200B\)"),
        ("ann\u3164", r"shows nothing in it \(U\+3164\)"),
        ("ann\x1b[31m", r"control character in it \(U\+001B\)"),
        ("ann\ue000", "private use"),
        ("ann\ud800", "half character"),
        ("\u0301", "at least one letter"),
        ("ann\U0010ffff", "that there is not"),
    ],
)
def test_what_cannot_be_seen_or_stands_for_something_else_is_refused(typed: str, told: str) -> None:
    with pytest.raises(InvalidName, match=told) as refused:
        check_display_name(typed)

    assert refused.value.field == "display_name"


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Ann Kowalska", "ann.kowalska"),
        ("Łukasz Żak", "lukasz.zak"),
        ("Straße Ørsted", "strasse.orsted"),
        ("O'Neil", "o.neil"),
        ("李小龍", "user"),
        ("!", "user"),
        ("x", "user"),
        ("a" * 64, "a" * 22),
        ("aaaaaaaaaaaaaaaaaaaaa bbb", "a" * 21),
    ],
)
def test_an_account_is_named_after_the_display_name(shown: str, name: str) -> None:
    assert next(account_names(shown, USER)) == name


def test_where_it_is_taken_a_number_is_put_behind() -> None:
    names = list(account_names("Ann", USER))

    assert names[:3] == ["ann", "ann2", "ann3"]
    assert names[-4:] == ["ann6789", "ann456789", "ann23456789", "ann123456789"]


def test_all_of_them_are_names_that_an_account_may_have() -> None:
    for shown in ("Ann", "x" * 64, "李", "Straße 7", "-.-", "a.b.c"):
        for name in islice(account_names(shown, USER), 20):
            assert AsciiNames().fold(name) == name
