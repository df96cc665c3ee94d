"""Hypothesis strategies for every frame, made from the types of the frames' fields."""

from typing import Any, get_args, get_origin

import attrs
from hypothesis import strategies as st

from chatcore.domain.generations import Point
from chatcore.domain.messages import Last, Message
from chatcore.domain.tallies import Tally
from chatcore.domain.users import User
from chatcore.wire import frames as f
from chatcore.wire.limits import MAX_INT

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
INTEGERS = st.integers(-MAX_INT, MAX_INT)


def members(union: object) -> tuple[type, ...]:
    """Return the members of a union, the nested ones too."""
    return tuple(kind for arg in get_args(union) for kind in (members(arg) or (arg,)))


CLIENT_FRAMES = members(f.ClientFrame)
SERVER_FRAMES = members(f.ServerFrame)
VALUES = (Message, Last, Tally, User)


def of_type(kind: object) -> st.SearchStrategy[Any]:
    """Return any value that a field of this type may have."""
    supertype = getattr(kind, "__supertype__", kind)
    if supertype is str:
        return TEXT
    if supertype is int:
        return INTEGERS
    if supertype is bool:
        return st.booleans()
    if supertype is type(None):
        return st.none()
    if isinstance(supertype, type) and attrs.has(supertype):
        return of_class(supertype)
    args = get_args(supertype)
    if get_origin(supertype) is tuple:
        if args[-1] is Ellipsis:
            return st.lists(of_type(args[0]), max_size=3).map(tuple)
        return st.tuples(*map(of_type, args))
    return st.one_of(*map(of_type, args))


def of_class(kind: type) -> st.SearchStrategy[Any]:
    """Return any instance of an attrs class."""
    attrs.resolve_types(kind)
    values = {field.name: of_type(field.type) for field in attrs.fields(kind)}
    if kind in CLIENT_FRAMES and "id" in values:
        values["id"] = st.integers(1, MAX_INT)
    if kind is Point:
        values["number"] = values["facts"] = st.integers(0, MAX_INT)
    return st.builds(kind, **values)


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
