"""Values that pass through are like frozen ones, but quicker to make; what programs get hold of stays frozen."""

from __future__ import annotations

from typing import get_args

import attrs
import pytest

import chatcore
from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import UserId
from chatcore.domain.marks import NewMarks
from chatcore.wire import frames as f


def test_they_are_compared_and_hashed_by_what_they_say_unless_each_is_its_own() -> None:
    assert f.LogOut(1) == f.LogOut(1) != f.LogOut(2)
    assert len({f.LogOut(1), f.LogOut(1), f.LogOut(2)}) == 2
    assert NewMarks(UserId("a"), GENERAL, (1,)) != NewMarks(UserId("a"), GENERAL, (1,))


def test_they_have_no_fields_but_their_own() -> None:
    for kind in (NewMarks, *get_args(f.ServerFrame), f.Post):
        assert "__dict__" not in dir(kind), kind


@pytest.mark.parametrize("name", chatcore.__all__)
def test_what_programs_get_hold_of_is_frozen(name: str) -> None:
    public = getattr(chatcore, name)
    if isinstance(public, type) and attrs.has(public):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            public.__new__(public).__setattr__(attrs.fields(public)[0].name, 1)
