"""Which passwords there may be."""

from importlib.resources import files
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatcore.domain.passwords import MAX_PASSWORD, MIN_PASSWORD, check_password, password_forms
from chatcore.errors import CommonPassword, WeakPassword


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


@pytest.mark.parametrize(
    "password", ["password1", "PASSWORD1", "Iloveyou1", "1q2w3e4r5t", "aaaaaaaaaaaa", "\u0105" * 9]
)
def test_what_many_people_have_is_refused_in_any_case_without_being_repeated(password: str) -> None:
    with pytest.raises(CommonPassword) as refused:
        check_password(password)

    assert refused.value.field == "password"
    assert password not in refused.value.message


def test_nobody_has_their_own_name_as_password_and_others_may() -> None:
    with pytest.raises(CommonPassword):
        check_password("Alice.Liddell", ["bob", "alice.LIDDELL"])

    assert check_password("Alice.Liddell", ["bob"]) == "Alice.Liddell"


def test_the_list_has_at_least_3000_that_are_long_enough_each_once_in_the_form_that_is_compared() -> None:
    lines = files("chatcore.domain").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    passwords = [line for line in lines if not line.startswith("# ")]

    assert len(passwords) == len(set(passwords)) >= 3_000
    for password in passwords:
        assert MIN_PASSWORD <= len(password) <= MAX_PASSWORD
        assert password == password.lower() == password_forms(password)[0]


@given(st.text(min_size=MIN_PASSWORD, max_size=40))
def test_a_password_that_is_taken_is_taken_in_every_form_of_its_letters(password: str) -> None:
    try:
        kept = check_password(password)
    except (WeakPassword, CommonPassword):
        assume(False)
    else:
        assert check_password(normalize("NFD", password)) == kept
