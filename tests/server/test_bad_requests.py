"""Operators' requests, said to the socket of a real server by hand: whatever is in a field, there is an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs

from chatcore.testing.server_process import ServerProcess
from chatcore.wire.codec import tag
from chatcore_server.admin import frames as f
from tests.server.network import PASSWORD, Chat
from tests.server.test_admin_socket import said
from tests.server.test_bad_fields import MISSING, WRONG

KINDS: Mapping[str, Any] = {tag(kind): kind for kind in get_args(f.Request)}

EXTREMES: Mapping[object, list[object]] = {
    str: ["", "\0", "\x1b[2J", "x" * 5_000, "%", "../..", "\u202e", "' or 1=1 --"],
    str | None: [None, "", "\0", "x" * 5_000, "%"],
    bool: [],
    int: [0, -1, 2**53, -(2**53)],
    int | None: [None, 0, -1, 2**53, -(2**53), 253_402_300_800_000, -62_135_596_800_001],
}
"""What has the right type; the last two are the moments behind year 9999 and before year 1."""

GOOD: Mapping[object, object] = {str: "nobody-at-all", str | None: None, bool: False, int: 1, int | None: None}


def requests() -> Iterator[tuple[str, bytes, str | None]]:
    """Give a name, the line and the field that is of a wrong type, None where the type is right."""
    for kind, frame in KINDS.items():
        hints = get_type_hints(frame)
        good = {"type": kind, **{field.name: GOOD[hints[field.name]] for field in attrs.fields(frame)}}
        for field in attrs.fields(frame):
            for is_wrong, values in ((True, WRONG[hints[field.name]]), (False, EXTREMES[hints[field.name]])):
                for value in values:
                    line = {**good, field.name: value}
                    if value is MISSING:
                        del line[field.name]
                    shown = "nothing" if value is MISSING else json.dumps(value)[:40]
                    yield f"{kind}.{field.name}: {shown}", json.dumps(line).encode(), field.name if is_wrong else None
        yield f"{kind}: one field more", json.dumps({**good, "is_root": True}).encode(), "is_root"


async def test_whatever_stands_in_a_field_of_a_request_is_answered_and_no_mistake_of_the_server(tmp_path: Path) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server, Chat(server) as chat:
        (carol,) = await chat.users("carol")
        answers = {}
        waiting = iter(list(requests()))

        async def ask() -> None:
            for name, line, field in waiting:
                answer = await asyncio.wait_for(said(db, line + b"\n"), 60)
                answers[name] = (answer.get("code", answer["type"]), answer.get("field"), field)

        await asyncio.gather(*(ask() for _ in range(4)))
        again = await chat.returning("carol")
        log = server.log

    assert len(answers) > 150
    assert {name: told for name, told in answers.items() if told[2] and told[:2] != ("bad_frame", told[2])} == {}
    assert {name: told for name, told in answers.items() if told[0] == "internal"} == {}
    assert "Traceback" not in log
    assert again.me == carol.me
    assert PASSWORD not in log
