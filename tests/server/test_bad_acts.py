"""Bad inputs of rendering, order, presence, storage, exhaustion and operations, and what has to become of each."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from chatcore import GENERAL
from chatcore.view.text import MAX_MARKS, clean
from tests.server.bystanders import undisturbed
from tests.server.network import PASSWORD, Chat, resumed
from tests.server.operating import operate

Frame = dict[str, Any]

BAD, GONE, NAME = ("bad_frame", "away"), ("not_found", "session"), ("invalid_name", "display_name")

# ---- rendering: what others see of what one may write

SHOWN: Mapping[str, tuple[str, str]] = {
    "written backwards": ("\u202eevil", "\ufffdevil"),
    "isolated": ("\u2067evil\u2069", "\ufffdevil\ufffd"),
    "nothing that is seen": ("a\u200bb\u2060c", "abc"),
    "a byte order mark": ("\ufeffhi", "hi"),
    "tags": ("hi\U000e0068\U000e0069", "hi"),
    "a soft hyphen": ("al\u00adice", "alice"),
    "a filler of Hangul": ("a\u3164b", "ab"),
    "a joiner between letters": ("a\u200db", "ab"),
    "a form of a sign behind a letter": ("a\ufe0f", "a"),
    "a mark on nothing": ("\u0301hi", "\u25cc\u0301hi"),
    "a thousand marks": ("e" + "\u0301" * 1_000, "e" + "\u0301" * MAX_MARKS),
    "a separator of lines": ("one\u2028two\u2029three", "one\ntwo\nthree"),
    "a tab": ("a\tb", "a    b"),
    "no character": ("a\ufdd0b", "a\ufffdb"),
    "HTML": ("<b onload=alert(1)>", "<b onload=alert(1)>"),
    "SQL": ("'); drop table message; --", "'); drop table message; --"),
    "a format": ("%s %n {0} {x.__class__}", "%s %n {0} {x.__class__}"),
    "lines that look like a head": ("hi\nbob  12:01 · unread\nyes", "hi\nbob  12:01 · unread\nyes"),
    "3,999 ends of lines": ("\n" * 3_999 + "x", "\n" * 3_999 + "x"),
    "the longest of what is four bytes": ("\U0001f986" * 4_000, "\U0001f986" * 4_000),
}

# ---- what a user says on a connection of its own, and the code and field that answer it

ORDER: Mapping[str, tuple[Frame, tuple[str, str | None]]] = {
    "a log-in once more": (
        {"type": "log_in", "name": "x", "password": PASSWORD, "told": None},
        ("bad_frame", "type"),
    ),
    "a session once more": ({"type": "resume", "token": "x", "told": None}, ("bad_frame", "type")),
    "an account once more": ({"type": "register", "name": "zed", "password": PASSWORD}, ("bad_frame", "type")),
    "entering once more": ({"type": "enter", "told": None}, ("bad_frame", "type")),
    "hello with a number": ({"type": "hello", "versions": [2], "instance": "x"}, ("bad_frame", "id")),
    "request 0": ({"type": "count", "id": 0, "conversation": GENERAL}, ("bad_frame", "id")),
    "request -1": ({"type": "count", "id": -1, "conversation": GENERAL}, ("bad_frame", "id")),
    "request null": ({"type": "count", "id": None, "conversation": GENERAL}, ("bad_frame", "id")),
    "request 1.5": ({"type": "count", "id": 1.5, "conversation": GENERAL}, ("bad_frame", "id")),
    "request 2^53 + 1": ({"type": "count", "id": 2**53 + 1, "conversation": GENERAL}, ("bad_frame", "id")),
    "a request that is a text": ({"type": "count", "id": "1", "conversation": GENERAL}, ("bad_frame", "id")),
}

PRESENCE: Mapping[str, tuple[Frame, tuple[str, str | None]]] = {
    "away: a text": ({"type": "set_away", "away": "yes"}, BAD),
    "away: a number": ({"type": "set_away", "away": 1}, BAD),
    "away: null": ({"type": "set_away", "away": None}, BAD),
    "away: nothing": ({"type": "set_away"}, BAD),
    "away: a list": ({"type": "set_away", "away": [True]}, BAD),
    "somebody else's presence": ({"type": "presence", "active": [], "inactive": ["a" * 16]}, ("bad_frame", "type")),
    "a snapshot": ({"type": "snapshot", "active": []}, ("bad_frame", "type")),
}

STORED: Mapping[str, tuple[Frame, tuple[str, str | None]]] = {
    "a session that is not there": ({"type": "end_session", "session": "x"}, GONE),
    "a session of no name": ({"type": "end_session", "session": ""}, GONE),
    "a session with SQL": ({"type": "end_session", "session": "' or 1=1 --"}, GONE),
    "a session with a pattern": ({"type": "end_session", "session": "%"}, GONE),
    "a session of 60,000 letters": ({"type": "end_session", "session": "x" * 60_000}, GONE),
    "a session with a zero": ({"type": "end_session", "session": "\0"}, GONE),
    "shown with an @": ({"type": "set_display_name", "display_name": "@bob"}, NAME),
    "shown with an escape sequence": ({"type": "set_display_name", "display_name": "\x1b[2J"}, NAME),
    "shown by 65 letters": ({"type": "set_display_name", "display_name": "x" * 65}, NAME),
    "shown by 60,000 letters": ({"type": "set_display_name", "display_name": "x" * 60_000}, NAME),
    "shown as Admin": ({"type": "set_display_name", "display_name": "Admin"}, NAME),
    "shown backwards": ({"type": "set_display_name", "display_name": "\u202ebob"}, NAME),
    "shown with what is not seen": ({"type": "set_display_name", "display_name": "b\u200bob"}, NAME),
    "shown by marks alone": ({"type": "set_display_name", "display_name": "\u0301\u0301"}, NAME),
    "facts after 2^53 + 1": ({"type": "list_users", "after": 2**53 + 1}, ("bad_frame", "after")),
    "facts after a text": ({"type": "list_users", "after": "0"}, ("bad_frame", "after")),
    "conversations after a number": ({"type": "list_tallies", "after": 0}, ("bad_frame", "after")),
    "sessions after nothing": ({"type": "list_sessions"}, ("bad_frame", "after")),
}

EMPTY: Mapping[str, tuple[Frame, tuple[str, str]]] = {
    "facts after the last": ({"type": "list_users", "after": 2**53}, ("users", "users")),
    "sessions after 60,000 letters": ({"type": "list_sessions", "after": "x" * 60_000}, ("sessions", "sessions")),
    "messages before the first": (
        {"type": "history", "conversation": GENERAL, "after": None, "before": 1, "limit": 5},
        ("page", "messages"),
    ),
    "messages after 2^53": (
        {"type": "history", "conversation": GENERAL, "after": 2**53, "before": None, "limit": 5},
        ("page", "messages"),
    ),
}
"""What may be asked and leads to an empty page; the type of the answer, and what is empty."""


@attrs.frozen
class Flood:
    """What is said at once on one connection, and how often."""

    times: int
    make: Callable[[int], Frame]
    answers: Callable[[int], Mapping[str, int]]
    "By the type of an answer, or an error's code, how often it comes."


def post(number: int, text: str = "x", client_id: str = "") -> Frame:
    return {"type": "post", "conversation": GENERAL, "client_id": client_id or f"flood-{number}", "text": text}


FLOODS: Mapping[str, Flood] = {
    "500 posts": Flood(500, post, lambda n: {"posted": n}),
    "500 times one post": Flood(500, lambda _: post(0, client_id="one"), lambda n: {"posted": n}),
    "100 texts under one client id": Flood(
        100, lambda n: post(0, f"text {n}", "first"), lambda n: {"posted": 1, "conflict": n - 1}
    ),
    "30 posts of 4,000 emoji": Flood(30, lambda n: post(n, "\U0001f986" * 4_000, f"long-{n}"), lambda n: {"posted": n}),
    "1,000 numbers": Flood(1_000, lambda _: {"type": "count", "conversation": GENERAL}, lambda n: {"counted": n}),
    "300 pages": Flood(
        300,
        lambda _: {"type": "history", "conversation": GENERAL, "after": None, "before": None, "limit": 200},
        lambda n: {"page": n},
    ),
    "300 directories": Flood(300, lambda _: {"type": "list_users", "after": 0}, lambda n: {"users": n}),
    "400 times away and back": Flood(400, lambda n: {"type": "set_away", "away": n % 2 == 0}, lambda n: {"noted": n}),
    "200 names": Flood(
        200, lambda n: {"type": "set_display_name", "display_name": f"Name {n % 7}"}, lambda n: {"renamed": n}
    ),
    "50 marks of 500 that are not there": Flood(
        50,
        lambda _: {"type": "mark", "conversation": GENERAL, "seqs": list(range(10**6, 10**6 + 500))},
        lambda n: {"not_found": n},
    ),
}


async def told(chat: Chat, rows: Mapping[str, tuple[Frame, Any]]) -> dict[str, tuple[str, str | None]]:
    """Say each on a connection of its own, since a few bad frames end one; return how each was answered."""
    (carol,) = await chat.users("carol")
    found = {}
    for name, (frame, _) in rows.items():
        async with resumed(carol, chat.server) as peer:
            await peer.say(**{"id": 7, **frame})
            answer = await peer.hear_until(lambda heard: heard["type"] == "error" or heard.get("id") == 7)
            found[name] = (answer.get("code", answer["type"]), answer.get("field"))
    return found


async def test_what_is_written_is_stored_as_it_is_and_shown_without_what_does_harm(chat: Chat) -> None:
    carol, dave = await chat.users("carol", "dave")
    async with undisturbed(chat):
        conversation = await carol.conversation_with(dave.me.name)
        for text, _ in SHOWN.values():
            await carol.post(conversation, text)
        read = [message.text for message in await dave.history(conversation, limit=len(SHOWN))]

    assert read == [text for text, _ in SHOWN.values()]
    assert {name: clean(text) for name, (text, _) in SHOWN.items()} == {
        name: shown for name, (_, shown) in SHOWN.items()
    }


@pytest.mark.parametrize("group", ["order", "presence", "storage"])
async def test_what_a_user_may_not_say_then_is_refused_with_code_and_field(chat: Chat, group: str) -> None:
    rows = {"order": ORDER, "presence": PRESENCE, "storage": STORED}[group]
    async with undisturbed(chat) as others:
        answered = await told(chat, rows)
        await others.chat_on(5)

    assert answered == {name: wanted for name, (_, wanted) in rows.items()}


async def test_what_is_asked_beyond_all_there_is_leads_to_an_empty_page(chat: Chat) -> None:
    (carol,) = await chat.users("carol")
    async with undisturbed(chat) as others, resumed(carol, chat.server) as peer:
        found = {}
        for number, (name, (frame, (_, field))) in enumerate(EMPTY.items(), 2):
            fields = dict(frame)
            answer = await peer.ask(number, fields.pop("type"), **fields)
            found[name] = (answer["type"], field, answer.get(field), answer.get("more"))
        await others.chat_on(5)

    assert found == {name: (kind, field, [], False) for name, (_, (kind, field)) in EMPTY.items()}


@pytest.mark.parametrize("flood", FLOODS)
async def test_what_is_said_very_often_is_answered_each_time_and_disturbs_nobody(chat: Chat, flood: str) -> None:
    what, answers = FLOODS[flood], Counter[str]()
    (carol,) = await chat.users("carol")
    async with undisturbed(chat) as others, resumed(carol, chat.server) as peer:

        async def say_all() -> None:
            for number in range(what.times):
                await peer.say(id=number + 2, **what.make(number))

        saying = asyncio.create_task(say_all())
        for _ in range(what.times):
            answer = await peer.hear_until(lambda frame: frame.get("id", 0) is not None and frame.get("id", 0) > 1)
            answers[answer.get("code", answer["type"])] += 1
        await saying
        await others.chat_on(3)

    assert answers == what.answers(what.times)


# ---- operators

BAD_ACTS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "rename: nobody": ("user rename", ("nobody-at-all", "x-y"), "there is no user nobody-at-all"),
    "rename: a space": ("user rename", ("{carol}", "al ice"), "a name has 2 to 32 letters"),
    "rename: no name": ("user rename", ("{carol}", ""), "a name has 2 to 32 letters"),
    "rename: an escape sequence": ("user rename", ("{carol}", "\x1b[2J"), "a name has 2 to 32 letters"),
    "rename: 60,000 letters": ("user rename", ("{carol}", "x" * 60_000), "a name has 2 to 32 letters"),
    "rename: reserved": ("user rename", ("{carol}", "admin"), "the name admin is reserved"),
    "disable: nobody": ("user disable", ("nobody-at-all",), "there is no user nobody-at-all"),
    "disable: an escape sequence": ("user disable", ("\x1b]0;x\x07",), "there is no user ␛]0;x␇"),
    "enable: a pattern": ("user enable", ("%",), "there is no user %"),
    "backup: there already": ("backup", ("{folder}/text",), "is there already"),
    "backup: over a folder": ("backup", ("--force", "{folder}/folder"), "it is not a regular file"),
    "backup: over a FIFO": ("backup", ("--force", "{folder}/fifo"), "it is not a regular file"),
    "backup: over a device": ("backup", ("--force", "/dev/null"), "it is not a regular file"),
    "backup: over a link": ("backup", ("--force", "{folder}/link"), "it is not a regular file"),
    "backup: over the database": ("backup", ("--force", "{db}"), "is of the database"),
    "backup: over the log of writes": ("backup", ("--force", "{db}-wal"), "is of the database"),
    "backup: over something else": ("backup", ("--force", "{folder}/text"), "it is something else"),
    "backup: a long name": ("backup", ("{folder}/" + "x" * 300,), "file name too long"),
    "backup: no folder": ("backup", ("{folder}/no/where",), "no such file or directory"),
    "export: over a FIFO": ("export", ("--force", "{folder}/fifo"), "it is not a regular file"),
    "export: over the database": ("export", ("--force", "{db}"), "is of the database"),
    "export: over something else": ("export", ("--force", "{folder}/text"), "it is something else"),
    "restore: no database": ("restore", ("{folder}/text",), "it is not a database"),
    "restore: a FIFO": ("restore", ("{folder}/fifo",), "it is not a file"),
    "restore: nothing": ("restore", ("{folder}/nothing",), "there is no database"),
    "a second server": ("serve", ("--port", "0"), "is in use by another server"),
    "a port that there is not": ("serve", ("--port", "99999"), "from 0 to 65535"),
    "a rate that is none": ("serve", ("--posts", "many"), "it must be like 50/s after 500"),
    "settings that are no TOML": ("config", ("--config", "{folder}/text"), "is not a TOML file"),
    "an option that there is not": ("fsck", ("--\x1b[2J",), "No such option"),
}


@pytest.mark.of_a_file
async def test_bad_acts_of_operators_are_one_sentence_and_change_nothing(own_chat: Chat, tmp_path: Path) -> None:
    (carol,) = await own_chat.users("carol")
    folder = tmp_path / "files"
    (folder / "folder").mkdir(parents=True)
    (folder / "text").write_text("not a backup")
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to(own_chat.server.db)
    known = {"carol": carol.me.name, "folder": str(folder), "db": str(own_chat.server.db)}
    turns = asyncio.Semaphore(4)

    async def act(row: tuple[str, tuple[str, ...], str]) -> tuple[int, str, str]:
        async with turns, asyncio.timeout(60):
            arguments = (argument.replace("{", "%(").replace("}", ")s") for argument in row[1])
            ended = await operate(
                own_chat.server.db, row[0], *(each % known if "(" in each else each for each in arguments)
            )
            return ended.status, ended.out, ended.err

    async with undisturbed(own_chat):
        ended = dict(zip(BAD_ACTS, await asyncio.gather(*map(act, BAD_ACTS.values())), strict=True))

    for name, (_, _, sentence) in BAD_ACTS.items():
        status, out, err = ended[name]
        assert (status in {1, 2}, out) == (True, ""), name
        assert err.startswith("chatcore-server: "), name
        assert sentence in err, name
        assert err.rstrip("\n").isprintable(), name
    assert sorted(path.name for path in folder.iterdir()) == ["fifo", "folder", "link", "text"]
    assert (folder / "text").read_text() == "not a backup"
    assert carol.replica.user_by_name(carol.me.name) == carol.me


def test_there_is_a_row_for_each_kind() -> None:
    tables = (SHOWN, ORDER, PRESENCE, STORED, EMPTY, FLOODS, BAD_ACTS)

    assert sum(map(len, tables)) >= 100
