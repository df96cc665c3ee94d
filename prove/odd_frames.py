"""What a fuzzer says: frames that are nearly right, made from the types of their fields, and bytes that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.protocol.states import ANSWERS
from chatcore.wire.codec import tag
from chatcore.wire.limits import MAX_INT

ME, OTHER = "0" * 16, "1" * 16
BETWEEN = f"d.{ME}.{OTHER}"
"""Somebody, somebody else, and the conversation of the two: so that some of what is said fits together."""

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", "general", "alice", "bob", "c-1", "d.0.1", "\x1b[2J", "x" * 5_000, ME, BETWEEN, "message", "\u202e"]
)
SMALL = st.integers(0, 9)
NUMBERS = SMALL | SMALL | SMALL | st.integers(-MAX_INT, MAX_INT) | st.sampled_from([-1, MAX_INT, MAX_INT + 1, 2**70])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


IDS: Mapping[Any, Sequence[str]] = {
    UserId: (ME, OTHER, OTHER, "2" * 16),
    ConversationId: (GENERAL, GENERAL, BETWEEN),
    ClientId: ("c-1", "c-2"),
}
"""What stands where an id belongs: a frame with an id of no form is refused before anything else of it is looked at."""

RIGHT = 29
"""So many fields are of their type for one that is anything at all."""


def frames(union: object) -> st.SearchStrategy[bytes]:
    """Return frames of these kinds, mostly right; some have odd fields, one too few or many, or a changed byte."""
    kinds = tuple(_members(union))
    whole = st.sampled_from(kinds).flatmap(_frame)
    spoilt = st.tuples(whole, TEXTS, JSON).map(lambda parts: {**parts[0], parts[1]: parts[2]})
    lacking = st.tuples(whole, st.integers(0, 9)).map(
        lambda parts: {name: value for at, (name, value) in enumerate(parts[0].items()) if at != parts[1]}
    )
    said = (whole | whole | whole | spoilt | lacking | JSON).map(_bytes)
    return said | st.tuples(said, st.integers(0, 2**16), st.integers(0, 255)).map(_changed) | st.binary(max_size=40)


def answers() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Return how a server answers: for each type of answer a frame, whose id is still to be put in its place."""
    return st.fixed_dictionaries({tag(kind): _frame(kind) for kind in set(ANSWERS.values())})


def _bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def _changed(parts: tuple[bytes, int, int]) -> bytes:
    data, at, byte = bytearray(parts[0]), parts[1], parts[2]
    data[at % len(data)] = byte
    return bytes(data)


def _members(union: object) -> Iterator[type]:
    for arg in get_args(union):
        yield from _members(arg) if get_args(arg) else (arg,)


def _frame(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(tag(kind)), **_fields(kind)})


def _fields(kind: type) -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(kind)
    return {field.name: st.one_of(*[_of(hints[field.name])] * RIGHT, JSON) for field in attrs.fields(kind)}


def _of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type of a field
    if kind in IDS:
        return st.sampled_from(IDS[kind])
    plain = getattr(kind, "__supertype__", kind)
    simple = {str: TEXTS, int: NUMBERS, bool: st.booleans(), type(None): st.none()}
    if plain in simple:
        return simple[plain]
    if isinstance(plain, type) and attrs.has(plain):
        return st.deferred(lambda: st.fixed_dictionaries(_fields(plain)))
    args = get_args(plain)
    if get_origin(plain) is tuple:
        if args[-1] is Ellipsis:
            return st.lists(_of(args[0]), max_size=4)
        return st.tuples(*map(_of, args)).map(list)
    return st.one_of(*map(_of, args))
