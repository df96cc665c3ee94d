"""Which names and passwords users may have."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.users import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    RESERVED_NAMES,
    AsciiNames,
    check_password,
    password_forms,
)
from chatcore.errors import InvalidName, WeakPassword

names = AsciiNames()


@pytest.mark.parametrize("name", ["al", "alice", "a.b_c-d", "0x", "x" * 32, "Alice", "9lives"])
def test_plain_names_are_allowed(name: str) -> None:
    assert names.fold(name) == name.lower()


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 33, ".dot", "-dash", "_line", "a b", " alice", "alice ", "alice\n", "a\tb", "a/b", "a\x00b", "a@b"],
)
def test_other_shapes_are_refused(name: str) -> None:
    with pytest.raises(InvalidName) as refused:
        names.fold(name)

    assert refused.value.field == "name"


@pytest.mark.parametrize(
    "name", ["żaba", "аlice", "ALICE\u212a", "ali\u200bce", "ＡＬＩＣＥ", "ß" * 3, "ıstanbul", "a\u0301b"]
)
def test_look_alikes_and_invisible_characters_are_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        names.fold(name)


@pytest.mark.parametrize("name", [*sorted(RESERVED_NAMES), "General", "ADMIN"])
def test_reserved_names_are_refused_in_any_case(name: str) -> None:
    with pytest.raises(InvalidName, match="reserved"):
        names.check_new(names.fold(name))


@pytest.mark.parametrize(
    ("name", "reserved"),
    [("adm1n", "admin"), ("Adrnin", "admin"), ("r00t", "root"), ("a11", "all"), ("GENERA1", "general"), ("rne", "me")],
)
def test_p31_what_looks_like_a_reserved_name_is_refused_and_told_which(name: str, reserved: str) -> None:
    with pytest.raises(InvalidName, match=f"looks like {reserved}, which is reserved") as refused:
        names.check_new(names.fold(name))

    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["ali", "ann1", "bernard", "norma", "all-hands", "supporter"])
def test_p31_a_name_that_only_resembles_a_reserved_one_is_allowed(name: str) -> None:
    names.check_new(names.fold(name))


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{1,31}", fullmatch=True))
def test_case_makes_no_difference_and_folding_again_changes_nothing(name: str) -> None:
    folded = names.fold(name)

    assert names.fold(name.upper()) == names.fold(name.lower()) == names.fold(folded) == folded


@given(st.text())
def test_no_name_is_folded_to_anything_but_a_plain_one(name: str) -> None:
    try:
        folded = names.fold(name)
    except InvalidName:
        return

    assert folded.isascii()
    assert folded == folded.strip().lower()
    assert 2 <= len(folded) <= 32
    assert len(folded) == len(name)


@pytest.mark.parametrize("length", [MIN_PASSWORD, 9, MAX_PASSWORD])
def test_passwords_of_8_to_128_code_points_are_taken_as_they_are(length: int) -> None:
    password = " ż🦆" + "x" * (length - 3)

    assert check_password(password) == password


@pytest.mark.parametrize("length", [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1])
def test_shorter_and_longer_passwords_are_refused_without_being_repeated(length: int) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password("q" * length)

    assert refused.value.field == "password"
    assert "8 to 128" in refused.value.message
    assert "qq" not in refused.value.message


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000"])
def test_every_space_of_a_password_is_the_one_of_the_space_bar(space: str) -> None:
    assert password_forms(f"correct{space}horse") == ("correct horse", f"correct{space}horse")


def test_width_and_case_of_a_password_are_kept() -> None:
    assert password_forms("Ｃorrect HORSE ﬁ") == ("Ｃorrect HORSE ﬁ",)


def test_a_text_that_is_too_long_for_a_password_is_not_worked_upon() -> None:
    long = "a" + "\u0301\u0323" * 30_000

    assert password_forms(long) == (long,)


@given(st.text(min_size=MIN_PASSWORD, max_size=MAX_PASSWORD))
def test_taken_apart_or_put_together_a_password_is_kept_in_one_form(password: str) -> None:
    forms = {password_forms(normalize(form, password))[0] for form in ("NFC", "NFD")}

    assert forms == {password_forms(password)[0]}
