"""Codes of invitations, and whom an invitation admits."""

import pytest

from chatcore import InvalidInvitation, Token
from chatcore.domain.invitations import InvitationRecord, code_digest, new_code

CODE = new_code(Token("a token"))


def test_a_code_has_a_hundred_bits_in_groups_that_can_be_read_out() -> None:
    codes = {new_code(Token(f"token {number}")) for number in range(1_000)}

    assert len(codes) == 1_000
    assert {tuple(map(len, code.split("-"))) for code in codes} == {(5, 5, 5, 5)}
    letters = set("".join(codes)) - {"-"}
    assert letters == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert {len({code[place] for code in codes}) for place in (0, 4, 6, 22)} == {32}


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f"  {CODE} ",
        CODE.replace("0", "O").replace("1", "l"),
        CODE.replace("0", "o").replace("1", "I"),
    ],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert code_digest(typed) == code_digest(CODE)


def test_nothing_of_a_code_is_in_its_digest_and_other_codes_have_others() -> None:
    other = ("A" if CODE[0] != "A" else "B") + CODE[1:]

    assert code_digest(other) != code_digest(CODE)
    assert len(code_digest(CODE)) == 64
    assert CODE[:5].lower() not in code_digest(CODE)


@pytest.mark.parametrize("typed", ["", "-", CODE[:-1], CODE + "7", CODE[:-1] + "U", CODE[:-1] + "é", "7" * 60_000])
def test_what_is_no_code_is_refused_with_the_field(typed: str) -> None:
    with pytest.raises(InvalidInvitation) as refused:
        code_digest(typed)

    assert refused.value.field == "invitation"
    assert typed[:5] not in refused.value.message or not typed


def test_an_invitation_admits_until_it_is_used_up_or_has_ended() -> None:
    one = InvitationRecord("id", "", 1_000, uses=2, used=1, ends_at_ms=2_000)

    assert [one.admits(now) for now in (1_000, 1_999, 2_000)] == [True, True, False]
    assert not InvitationRecord("id", "", 1_000, uses=2, used=2).admits(1_500)
    assert InvitationRecord("id", "", 1_000, uses=1).admits(2**53)
