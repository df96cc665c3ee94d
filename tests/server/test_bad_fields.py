"""Every field of every frame that a client can send is attacked: what it must not hold is refused, by its name.

The rows are made of the frames themselves: a frame or a field that is new is attacked here by itself, and by the other
tables when somebody has written a row.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from itertools import islice
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from chatcore import GENERAL
from chatcore.domain.generations import Point
from chatcore.wire import frames as f
from chatcore.wire.codec import tag
from tests.server import test_bad_acts as acts
from tests.server import test_bad_input as inputs
from tests.server import test_bad_values as values
from tests.server.bystanders import undisturbed
from tests.server.network import PASSWORD, Chat, Peer, greeted, resumed, stranger

Frame = dict[str, Any]

KINDS: Mapping[str, Any] = {tag(kind): kind for kind in get_args(f.ClientFrame)}

MISSING = object()

POINT = {"generation": "", "number": 0, "facts": 0}

GOOD: Mapping[str, Frame] = {
    "hello": {"versions": [f.VERSION], "instance": "x"},
    "register": {"name": "somebody", "password": PASSWORD, "invitation": "x"},
    "log_in": {"name": "somebody", "password": PASSWORD, "told": None},
    "resume": {"token": "x", "told": None},
    "enter": {"told": None},
    "log_out": {},
    "post": {"conversation": GENERAL, "client_id": "field", "text": "hello"},
    "mark": {"conversation": GENERAL, "seqs": [1]},
    "set_away": {"away": False},
    "count": {"conversation": GENERAL},
    "find_user": {"name": "somebody"},
    "list_users": {"after": 0},
    "list_tallies": {"after": ""},
    "history": {"conversation": GENERAL, "after": None, "before": None, "limit": 1},
    "stretch": {"conversation": GENERAL, "first": 1, "last": 1},
    "set_display_name": {"display_name": "x"},
    "change_password": {"password": PASSWORD, "new_password": "another password"},
    "list_sessions": {"after": ""},
    "begin_session": {"label": "x"},
    "renew_token": {},
    "end_session": {"session": "x"},
}
"""The fields of a frame of each kind that can be read, but for its number."""

NO_TEXTS: list[object] = [None, 1, []]
NO_COUNTS: list[object] = [None, True, "1", 1.5, -1, 2**53 + 1, []]

WRONG: Mapping[object, list[object]] = {
    str: [MISSING, None, True, 1, 1.5, [], ["x"], {}],
    bool: [MISSING, None, 0, 1, "", "true", [], {}],
    int: [MISSING, None, True, "1", 1.5, 2**53 + 1, -(2**53) - 1, 10**30, [], [1], {}],
    tuple[int, ...]: [MISSING, None, 1, "1", {}, {"0": 1}, [None], [True], ["1"], [1.5], [[1]], [1, 2**53 + 1]],
    int | None: [MISSING, True, "1", 1.5, 2**53 + 1, [], {}],
    str | None: [True, 1, 1.5, [], {}],
    Point | None: [
        MISSING,
        True,
        1,
        "x",
        [],
        {},
        *({name: value for name, value in POINT.items() if name != left_out} for left_out in POINT),
        *({**POINT, "generation": odd} for odd in NO_TEXTS),
        *({**POINT, name: odd} for name in ("number", "facts") for odd in NO_COUNTS),
        {**POINT, "is_admin": True},
    ],
}
"""What a field of each type must not hold; None and what may be left out are among it where they may be."""


@attrs.frozen
class Row:
    """What is said, and which field is to be named."""

    kind: str
    said: str
    field: str


def rows() -> Iterator[tuple[str, Row]]:
    for kind, frame in KINDS.items():
        number = {} if kind == "hello" else {"id": 7}
        good = {"type": kind, **number, **GOOD[kind]}
        hints = get_type_hints(frame)
        for field in attrs.fields(frame):
            for wrong in WRONG[_plain(hints[field.name])]:
                said = {**good, field.name: wrong}
                if wrong is MISSING:
                    del said[field.name]
                name = "nothing" if wrong is MISSING else json.dumps(wrong)[:60]
                yield f"{kind}.{field.name}: {name}", Row(kind, json.dumps(said), field.name)
        yield f"{kind}: one field more", Row(kind, json.dumps({**good, "is_admin": True}), "is_admin")


def _plain(hint: object) -> object:
    """Return the type that stands in a frame for one of ours, such as the id of a conversation."""
    return getattr(hint, "__supertype__", hint)


ROWS: Mapping[str, Row] = dict(rows())

SAID_BY: Mapping[str, tuple[str, ...]] = {
    "strangers": ("hello",),
    "greeted": ("register", "log_in", "resume", "enter"),
    "users": tuple(kind for kind in KINDS if kind not in {"hello", "register", "log_in", "resume", "enter"}),
}

STRIKES = {"strangers": 1, "greeted": 1, "users": 2}
"""Bad frames on one connection: with one more a user's ends, too."""


@pytest.mark.parametrize("who", SAID_BY)
async def test_what_a_field_must_not_hold_is_refused_by_the_name_of_the_field_and_nothing_is_done(
    chat: Chat, who: str
) -> None:
    (carol,) = await chat.users("carol")
    before = await carol.history(GENERAL), carol.replica.user(carol.me.id)
    rows = {name: row for name, row in ROWS.items() if row.kind in SAID_BY[who]}
    waiting = iter(rows.items())
    answers: dict[str, tuple[str, str | None, int | None]] = {}

    def peer() -> AbstractAsyncContextManager[Peer]:
        if who == "users":
            return resumed(carol, chat.server)
        return greeted(chat.server) if who == "greeted" else stranger(chat.server)

    async def say_some() -> None:
        while some := list(islice(waiting, STRIKES[who])):
            async with peer() as connection:
                for name, row in some:
                    await connection.socket.send(row.said)
                    answer = await connection.hear_until(
                        lambda frame: frame["type"] in {"error", "closing"} or "id" in frame
                    )
                    answers[name] = answer.get("code", answer["type"]), _field(answer), answer.get("id")

    async with undisturbed(chat) as others:
        await asyncio.gather(*(say_some() for _ in range(8)))  # fewer than a session may have
        await others.chat_on(3)

    assert answers == {
        name: ("bad_frame", row.field, None if row.field == "id" or who == "strangers" else 7)
        for name, row in rows.items()
    }
    assert (await carol.history(GENERAL), carol.replica.user(carol.me.id)) == before


def _field(error: Frame) -> str | None:
    """Return which field of the frame an error names, whichever part of that it is about."""
    field: str | None = error.get("field")
    return field and field.partition(".")[0]


# ---- the tables that somebody has written

AS_ONE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("log_in", "wrong_credentials"): ("name", "password"),
    ("resume", "logged_out"): ("token",),
}
"""Where an answer must not say which field was wrong: those that are."""

FORM_ALONE = {"register.invitation"}
"""Of which only the form can be wrong there: whether a code leads in is told where codes are needed."""


def attacked() -> set[str]:
    """Return the fields that the written tables attack: named by the answer, or known to be wrong."""
    found = set()
    for kind, frame_fields, code, field in _written():
        if kind not in KINDS:
            continue
        named = AS_ONE.get((kind, code), ()) if field is None else (field,)
        found |= {f"{kind}.{name}" for name in named if name in frame_fields}
    return found


def _written() -> Iterator[tuple[str, set[str], str, str | None]]:
    """Give of each written row the kind of the frame, its fields, and code and field of the answer."""
    tables: list[Mapping[str, tuple[Frame, tuple[str, str | None]]]] = [
        *values.OF_STRANGERS.values(),
        *values.OF_USERS.values(),
        values.TOLD,
        acts.ORDER,
        acts.PRESENCE,
        acts.STORED,
    ]
    for table in tables:
        for frame, (code, field) in table.values():
            yield frame["type"], {*attrs.fields_dict(KINDS.get(frame["type"], f.Hello))}, code, field
    said = [(text, field) for text, field in inputs.STRANGERS_RUBBISH.values()]
    said += [(text, field) for text, _, field in inputs.USERS_RUBBISH.values()]
    for text, field in said:
        with suppress(ValueError, AttributeError, KeyError, TypeError, RecursionError):
            kind = json.loads(text)["type"]
            yield kind, {*attrs.fields_dict(KINDS[kind])}, "bad_frame", field


def test_each_field_of_each_frame_has_a_row_in_the_tables_that_somebody_has_written() -> None:
    fields = {f"{kind}.{field.name}" for kind, frame in KINDS.items() for field in attrs.fields(frame)}

    assert fields - attacked() - {name for name in fields if name.endswith(".id")} - FORM_ALONE == set()


def test_each_field_has_rows_of_each_wrong_type() -> None:
    fields = {(kind, field.name) for kind, frame in KINDS.items() for field in attrs.fields(frame)}
    rows_of = {(row.kind, row.field) for row in ROWS.values()}

    assert (fields - rows_of, len(ROWS) > 150) == (set(), True)
