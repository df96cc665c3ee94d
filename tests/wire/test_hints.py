"""Hints as bytes, for a bus between processes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.errors import BadFrame
from chatcore.ports.bus import Hint
from chatcore.testing.contracts.bus import HINTS
from chatcore.wire import hints


@pytest.mark.parametrize("hint", HINTS)
def test_each_kind_of_hint_comes_back_as_it_was(hint: Hint) -> None:
    data = hints.encode(hint)

    assert hints.decode(data) == hint
    assert b"\n" not in data


def test_a_kind_that_is_not_known_is_none() -> None:
    assert hints.decode(b'{"type":"of_tomorrow","what":1}') is None


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b'{"type":1}', b'{"type":"session_ended"}', b'{"type":"session_ended","session":5}', b"\xff"],
)
def test_what_is_no_hint_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        hints.decode(data)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    with suppress(BadFrame):
        assert hints.decode(data) is None
