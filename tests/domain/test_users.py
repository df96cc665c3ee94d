"""Which names users may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.users import RESERVED_NAMES, AsciiNames
from chatcore.errors import InvalidName

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
