"""Frames whose form is right and whose content is not: a table of what is said and how it has to be answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from chatcore import GENERAL
from tests.server.bystanders import undisturbed
from tests.server.network import PASSWORD, Chat, Peer, greeted, resumed
from tests.server.test_bad_input import NO_HANDSHAKES, NO_TEXT_FRAMES, STRANGERS_RUBBISH, USERS_RUBBISH

Row = tuple[dict[str, Any], tuple[str, str | None]]
"""A request without its number, and the code and field of the error that has to answer it."""


def register(name: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"type": "register", "name": name, "password": password}


def log_in(name: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"type": "log_in", "name": name, "password": password, "told": None}


def resume(token: str) -> dict[str, Any]:
    return {"type": "resume", "token": token, "told": None}


def list_tallies(after: str) -> dict[str, Any]:
    return {"type": "list_tallies", "after": after}


def change_password(password: str, new_password: str) -> dict[str, Any]:
    return {"type": "change_password", "password": password, "new_password": new_password}


def post(text: str, conversation: str = GENERAL, client_id: str = "bad-1") -> dict[str, Any]:
    return {"type": "post", "conversation": conversation, "client_id": client_id, "text": text}


def mark(*seqs: int, conversation: str = GENERAL) -> dict[str, Any]:
    return {"type": "mark", "conversation": conversation, "seqs": list(seqs)}


def history(
    limit: int = 50, conversation: str = GENERAL, after: int | None = None, before: int | None = None
) -> dict[str, Any]:
    return {"type": "history", "conversation": conversation, "after": after, "before": before, "limit": limit}


def stretch(first: int, last: int, conversation: str = GENERAL) -> dict[str, Any]:
    return {"type": "stretch", "conversation": conversation, "first": first, "last": last}


# ---- who is not logged in

NAMES: Mapping[str, Row] = {
    "no name": (register(""), ("invalid_name", "name")),
    "one letter": (register("a"), ("invalid_name", "name")),
    "33 letters": (register("a" * 33), ("invalid_name", "name")),
    "60,000 letters": (register("a" * 60_000), ("invalid_name", "name")),
    "a space within": (register("al ice"), ("invalid_name", "name")),
    "a space behind": (register("alice "), ("invalid_name", "name")),
    "a line end": (register("alice\n"), ("invalid_name", "name")),
    "a zero": (register("alice\0"), ("invalid_name", "name")),
    "an escape sequence": (register("\x1b[31malice"), ("invalid_name", "name")),
    "a bell": (register("al\x07ice"), ("invalid_name", "name")),
    "written backwards": (register("alice\u202e"), ("invalid_name", "name")),
    "nothing that is seen": (register("al\u200bice"), ("invalid_name", "name")),
    "a soft hyphen": (register("al\u00adice"), ("invalid_name", "name")),
    "a mark above": (register("alice\u0301"), ("invalid_name", "name")),
    "a letter of Cyrillic": (register("\u0430lice"), ("invalid_name", "name")),
    "a letter of Greek": (register("alic\u03b5"), ("invalid_name", "name")),
    "an emoji": (register("alice\U0001f600"), ("invalid_name", "name")),
    "a tag": (register("alice\U000e0041"), ("invalid_name", "name")),
    "a private character": (register("alice\ue000"), ("invalid_name", "name")),
    "no character at all": (register("alice\uffff"), ("invalid_name", "name")),
    "a dot before": (register(".alice"), ("invalid_name", "name")),
    "a path": (register("../etc/passwd"), ("invalid_name", "name")),
    "a statement of SQL": (register("x'; drop table users; --"), ("invalid_name", "name")),
    "an element of HTML": (register("<script>alert(1)</script>"), ("invalid_name", "name")),
    "an at sign": (register("@alice"), ("invalid_name", "name")),
    "a format": (register("%s%n{0}"), ("invalid_name", "name")),
    "reserved: general": (register("general"), ("invalid_name", "name")),
    "reserved, in capitals": (register("ADMIN"), ("invalid_name", "name")),
    "reserved: everyone": (register("everyone"), ("invalid_name", "name")),
    "reserved: root": (register("root"), ("invalid_name", "name")),
    "looks like admin": (register("adm1n"), ("invalid_name", "name")),
    "looks like root": (register("r00t"), ("invalid_name", "name")),
    "looks like moderator": (register("rnoderator"), ("invalid_name", "name")),
}

PASSWORDS: Mapping[str, Row] = {
    "no password": (register("somebody", ""), ("weak_password", "password")),
    "seven characters": (register("somebody", "1234567"), ("weak_password", "password")),
    "129 characters": (register("somebody", "x" * 129), ("weak_password", "password")),
    "60,000 characters": (register("somebody", "x" * 60_000), ("weak_password", "password")),
    "seven emoji": (register("somebody", "\U0001f600" * 7), ("weak_password", "password")),
    "log-in: nobody of the name": (log_in("nobody-at-all"), ("wrong_credentials", None)),
    "log-in: a name that cannot be": (log_in("\x1b[2J"), ("wrong_credentials", None)),
    "log-in: no name": (log_in(""), ("wrong_credentials", None)),
    "log-in: a long name": (log_in("x" * 60_000), ("wrong_credentials", None)),
    "log-in: general itself": (log_in("general"), ("wrong_credentials", None)),
    "log-in: no password": (log_in("nobody-at-all", ""), ("wrong_credentials", None)),
    "log-in: a long password": (log_in("nobody-at-all", "x" * 60_000), ("wrong_credentials", None)),
    "log-in: a zero in the password": (log_in("nobody-at-all", "correct horse\0battery"), ("wrong_credentials", None)),
}

TOKENS: Mapping[str, Row] = {
    "no token": (resume(""), ("logged_out", None)),
    "a short token": (resume("x"), ("logged_out", None)),
    "a token of the right length": (resume("A" * 43), ("logged_out", None)),
    "a long token": (resume("x" * 60_000), ("logged_out", None)),
    "a token with a line end": (resume("A" * 42 + "\n"), ("logged_out", None)),
    "a token beyond ASCII": (resume("\u017c" * 43), ("logged_out", None)),
    "a statement of SQL for a token": (resume("' or 1=1 --"), ("logged_out", None)),
    "a pattern for a token": (resume("%"), ("logged_out", None)),
    "a digest for a token": (
        resume("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("logged_out", None),
    ),
}

SAID_TOO_EARLY: Mapping[str, dict[str, Any]] = {
    "post": {"conversation": GENERAL, "client_id": "early", "text": "hello"},
    "mark": {"conversation": GENERAL, "seqs": [1]},
    "count": {"conversation": GENERAL},
    "history": {"conversation": GENERAL, "after": None, "before": None, "limit": 1},
    "stretch": {"conversation": GENERAL, "first": 1, "last": 1},
    "find_user": {"name": "alice"},
    "list_users": {"after": 0},
    "list_tallies": {"after": ""},
    "log_out": {},
}

TOO_EARLY: Mapping[str, Row] = {
    kind: ({"type": kind, **fields}, ("bad_frame", "type")) for kind, fields in SAID_TOO_EARLY.items()
}

# ---- who is

TEXTS: Mapping[str, Row] = {
    "no text": (post(""), ("empty", "text")),
    "spaces": (post("   "), ("empty", "text")),
    "line ends": (post("\n\n\n"), ("empty", "text")),
    "spaces beyond ASCII": (post("\u2003\u00a0\u3000"), ("empty", "text")),
    "4,001 characters": (post("x" * 4_001), ("too_long", "text")),
    "4,001 emoji": (post("\U0001f600" * 4_001), ("too_long", "text")),
    "an escape sequence": (post("\x1b[2J"), ("bad_text", "text")),
    "a title of the window": (post("\x1b]0;owned\x07"), ("bad_text", "text")),
    "a clipboard": (post("\x1b]52;c;cm0gLXJm\x07"), ("bad_text", "text")),
    "an escape of one character": (post("\x9b31m"), ("bad_text", "text")),
    "a zero": (post("a\0b"), ("bad_text", "text")),
    "a backspace": (post("good\x08\x08\x08\x08evil"), ("bad_text", "text")),
    "a bell": (post("\x07"), ("bad_text", "text")),
    "a delete": (post("a\x7f"), ("bad_text", "text")),
    "a carriage return": (post("alice: yes\rbob"), ("bad_text", "text")),
    "client id: none": (post("hello", client_id=""), ("bad_frame", "client_id")),
    "client id: 65 characters": (post("hello", client_id="x" * 65), ("bad_frame", "client_id")),
    "client id: spaces": (post("hello", client_id="a b"), ("bad_frame", "client_id")),
    "client id: a line end": (post("hello", client_id="a\n"), ("bad_frame", "client_id")),
    "client id: beyond ASCII": (post("hello", client_id="\u017c"), ("bad_frame", "client_id")),
}

PLACES: Mapping[str, Row] = {
    f"{what} in {name}": (make, ("not_found", "conversation"))
    for name, place in {
        "none": "",
        "one that is not there": "d.0000000000000000.1111111111111111",
        "one of another kind": "room.1",
        "a path": "../general",
        "GENERAL": "GENERAL",
        "a pattern": "%",
    }.items()
    for what, make in {
        "a post": post("hello", place),
        "a mark": mark(1, conversation=place),
        "a count": {"type": "count", "conversation": place},
        "a history": history(conversation=place),
        "a stretch": stretch(1, 1, place),
    }.items()
}

NUMBERS: Mapping[str, Row] = {
    "marks: none": (mark(), ("empty", "seqs")),
    "marks: 0": (mark(0), ("not_found", "seqs")),
    "marks: -1": (mark(-1), ("not_found", "seqs")),
    "marks: beyond the last": (mark(10**6), ("not_found", "seqs")),
    "marks: 2^53": (mark(2**53), ("not_found", "seqs")),
    "marks: good and bad": (mark(1, 10**6), ("not_found", "seqs")),
    "marks: 501": (mark(*range(1, 502)), ("too_long", "seqs")),
    "history: 0": (history(0), ("bad_frame", "limit")),
    "history: -1": (history(-1), ("bad_frame", "limit")),
    "history: 201": (history(201), ("bad_frame", "limit")),
    "history: 2^53": (history(2**53), ("bad_frame", "limit")),
    "history: after and before": (history(after=0, before=5), ("bad_frame", "before")),
    "history: after -1": (history(after=-1), ("bad_frame", "after")),
    "history: after -2^53": (history(after=-(2**53)), ("bad_frame", "after")),
    "history: before 0": (history(before=0), ("bad_frame", "before")),
    "history: before -1": (history(before=-1), ("bad_frame", "before")),
    "history: after -1 and before": (history(after=-1, before=5), ("bad_frame", "before")),
    "the directory: after -1": ({"type": "list_users", "after": -1}, ("bad_frame", "after")),
    "the directory: after -2^53": ({"type": "list_users", "after": -(2**53)}, ("bad_frame", "after")),
    "stretch: from 0": (stretch(0, 5), ("bad_frame", "first")),
    "stretch: from -5": (stretch(-5, 5), ("bad_frame", "first")),
    "stretch: backwards": (stretch(5, 4), ("bad_frame", "first")),
    "stretch: 1,001": (stretch(1, 1_001), ("too_long", "last")),
    "stretch: to 2^53": (stretch(1, 2**53), ("too_long", "last")),
    "nobody of the name": ({"type": "find_user", "name": "nobody-at-all"}, ("not_found", "name")),
    "a name that cannot be": ({"type": "find_user", "name": "\x1b[2J"}, ("not_found", "name")),
    "a pattern for a name": ({"type": "find_user", "name": "%"}, ("not_found", "name")),
    "a long name": ({"type": "find_user", "name": "x" * 60_000}, ("not_found", "name")),
}

IDS: Mapping[str, Row] = {
    "the list: after a zero": (list_tallies("\0"), ("bad_frame", "after")),
    "the list: after a path": (list_tallies("../general"), ("bad_frame", "after")),
    "the list: after a long text": (list_tallies("d." * 20_000), ("bad_frame", "after")),
    "the list: after a kind that there is not": (list_tallies("room.1"), ("bad_frame", "after")),
    "the list: after users in the wrong order": (list_tallies(f"d.{'1' * 16}.{'0' * 16}"), ("bad_frame", "after")),
    "sessions: after a zero": ({"type": "list_sessions", "after": "\0"}, ("sessions", None)),
    "a session that is not there": ({"type": "end_session", "session": "0" * 64}, ("not_found", "session")),
    "a session: none": ({"type": "end_session", "session": ""}, ("not_found", "session")),
    "a session: a zero": ({"type": "end_session", "session": "\0"}, ("not_found", "session")),
    "a session: a pattern": ({"type": "end_session", "session": "%"}, ("not_found", "session")),
    "a session: a long text": ({"type": "end_session", "session": "x" * 60_000}, ("not_found", "session")),
}

WORDS: Mapping[str, Row] = {
    "a label: 65 characters": ({"type": "begin_session", "label": "x" * 65}, ("too_long", "label")),
    "a label: two lines": ({"type": "begin_session", "label": "a\nb"}, ("bad_text", "label")),
    "a label: an escape sequence": ({"type": "begin_session", "label": "\x1b[2J"}, ("bad_text", "label")),
    "a label: a zero": ({"type": "begin_session", "label": "\0"}, ("bad_text", "label")),
    "a display name: 10,000 characters": (
        {"type": "set_display_name", "display_name": "x" * 10_000},
        ("invalid_name", "display_name"),
    ),
    "a display name: an escape sequence": (
        {"type": "set_display_name", "display_name": "\x1b[2J"},
        ("invalid_name", "display_name"),
    ),
    "a display name: a zero": ({"type": "set_display_name", "display_name": "a\0"}, ("invalid_name", "display_name")),
    "a new password: seven characters": (change_password(PASSWORD, "1234567"), ("weak_password", "new_password")),
    "a new password: a common one": (change_password(PASSWORD, "password"), ("common_password", "new_password")),
    "not the password": (
        change_password("wrong horse battery", "a password of mine"),
        ("wrong_credentials", "password"),
    ),
}

TOLD: Mapping[str, Row] = {
    f"{what}: {name}": (make | {"told": {"generation": generation, "number": number, "facts": facts}}, wanted)
    for what, make in {
        "log-in": log_in("nobody-at-all"),
        "resume": resume("A" * 43),
        "enter": {"type": "enter"},
    }.items()
    for name, generation, number, facts, wanted in [
        ("a number of -1", "", -1, 0, ("bad_frame", "told")),
        ("a fact of -1", "", 0, -1, ("bad_frame", "told")),
        ("a number of -2^53", "\0", -(2**53), 5, ("bad_frame", "told")),
    ]
}

OF_STRANGERS = {"names": NAMES, "passwords": PASSWORDS, "tokens": TOKENS}
OF_USERS = {"texts": TEXTS, "places": PLACES, "numbers": NUMBERS, "ids": IDS, "words": WORDS}


async def answers(peer: Peer, rows: Mapping[str, Row]) -> dict[str, tuple[str, str | None]]:
    """Say all of it, and return how each was answered."""
    told = {}
    for number, (name, (frame, _)) in enumerate(rows.items(), 2):
        fields = dict(frame)
        answer = await peer.ask(number, fields.pop("type"), **fields)
        told[name] = (answer.get("code", answer["type"]), answer.get("field"))
        assert len(answer.get("message", "")) < 300
    return told


def required(rows: Mapping[str, Row]) -> dict[str, tuple[str, str | None]]:
    return {name: wanted for name, (_, wanted) in rows.items()}


@pytest.mark.parametrize("group", OF_STRANGERS)
async def test_what_a_stranger_asks_for_is_refused_as_it_has_to_be(chat: Chat, group: str) -> None:
    rows = OF_STRANGERS[group]
    async with undisturbed(chat) as others, greeted(chat.server) as peer:
        told = await answers(peer, rows)
        await others.chat_on(5)

    assert told == required(rows)


async def test_what_was_told_last_is_refused_where_it_cannot_be_and_begins_anew_where_nobody_knows_it(
    chat: Chat,
) -> None:
    (carol,) = await chat.users("carol")
    told = {}
    for name, (frame, _) in TOLD.items():
        async with greeted(chat.server) as peer:
            await peer.say(id=7, **frame)
            error, _ = await peer.hear_out()
            told[name] = error["code"], error["field"]
    for generation in ("", "\0", "x" * 60_000, "%"):
        async with greeted(chat.server) as peer:
            point = {"generation": generation, "number": 2**53, "facts": 2**53}
            await peer.ask(7, "resume", token=carol.token, told=point)
            assert (await peer.hear())["is_same"] is False

    assert told == required(TOLD)


async def test_who_is_not_logged_in_may_say_nothing_else(chat: Chat) -> None:
    async def said(frame: dict[str, Any]) -> tuple[str, str | None]:
        async with greeted(chat.server) as peer:
            await peer.say(id=7, **frame)
            error, closing = await peer.hear_out()
            assert (error["id"], closing["type"]) == (7, "closing")
            return error["code"], error["field"]

    async with undisturbed(chat) as others:
        told = await asyncio.gather(*(said(frame) for frame, _ in TOO_EARLY.values()))
        await others.chat_on(5)

    assert dict(zip(TOO_EARLY, told, strict=True)) == required(TOO_EARLY)


@pytest.mark.parametrize("group", OF_USERS)
async def test_what_a_user_asks_for_is_refused_as_it_has_to_be_and_changes_nothing(chat: Chat, group: str) -> None:
    rows = OF_USERS[group]
    (carol,) = await chat.users("carol")
    before = await carol.history(GENERAL)
    async with undisturbed(chat) as others, resumed(carol, chat.server) as peer:
        told = await answers(peer, rows)
        still = await peer.ask(2**53, "count", conversation=GENERAL)
        await others.chat_on(5)

    assert told == required(rows)
    assert still["type"] == "counted"
    assert await carol.history(GENERAL) == before


def test_there_are_enough_of_them() -> None:
    tables: list[Mapping[str, object]] = [
        NO_HANDSHAKES,
        NO_TEXT_FRAMES,
        STRANGERS_RUBBISH,
        USERS_RUBBISH,
        TOO_EARLY,
        TOLD,
        *OF_STRANGERS.values(),
        *OF_USERS.values(),
    ]

    assert sum(map(len, tables)) >= 150
