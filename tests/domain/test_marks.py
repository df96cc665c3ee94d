"""Marks that a client asks for."""

import pytest

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import UserId
from chatcore.domain.marks import MAX_MARKS, NewMarks
from chatcore.errors import ChatError, Empty, NotFound, TooLong

ME, OTHER = UserId("a" * 16), UserId("b" * 16)


@pytest.mark.parametrize(
    ("seqs", "error"),
    [((), Empty), ((0,), NotFound), ((3, -1), NotFound), (tuple(range(1, MAX_MARKS + 2)), TooLong)],
)
def test_a_request_for_impossible_marks_is_refused(seqs: tuple[int, ...], error: type[ChatError]) -> None:
    with pytest.raises(error) as refused:
        NewMarks(ME, GENERAL, seqs)

    assert refused.value.field in {"seqs", None}


def test_as_many_marks_as_allowed_are_allowed() -> None:
    assert len(NewMarks(ME, GENERAL, tuple(range(1, MAX_MARKS + 1))).seqs) == 500


# ---- the numbers of a row
