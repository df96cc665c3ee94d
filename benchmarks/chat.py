"""Chatcore's protocol as the load speaks it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId

from .filling import TEXT, Person
from .load import Fault
from .peer import Peer

TOKENS = re.compile(
    rb'"type":"(?:posted|marked|counted|page|tallies|users)","id":(\d+)|~(\d{8})~|"type":"(?:error|closing)"([^}]*)'
)

BATCH = 20
"""How many log in at a time, where it does not matter."""


async def log_in(port: int, person: Person, device: str = "bench") -> Peer:
    """Go on with a person's session; return with the snapshot read."""
    peer = await Peer.connect(port, TOKENS)
    enter(peer, person, device)
    while not (frame := await peer.frame()).startswith(b'{"type":"snapshot"'):
        if frame.startswith((b'{"type":"error"', b'{"type":"closing"')):
            msg = f"{person.name} cannot log in: {frame.decode()}"
            raise Fault(msg)
    return peer


async def log_in_all(port: int, people: Sequence[Person], device: str = "bench") -> list[Peer]:
    """Let many come, a few at a time."""
    peers: list[Peer] = []
    for first in range(0, len(people), BATCH):
        peers += await asyncio.gather(*(log_in(port, person, device) for person in people[first : first + BATCH]))
    return peers


def enter(peer: Peer, person: Person, device: str = "bench") -> None:
    """Send what one enters with, and read nothing. The same device takes its former connection's place."""
    peer.send(_frame(type="hello", versions=[2], instance=device))
    peer.send(_frame(type="resume", id=1, token=person.token, told=None))


async def ask(peer: Peer, kind: str, **fields: object) -> Any:  # noqa: ANN401 - JSON
    """Send a request and give its answer, whole; events are passed over."""
    peer.send(request(kind, 0, **fields))
    while True:
        answer = json.loads(await peer.frame())
        if answer.get("id") == 1:
            return answer


def conversation(one: int, other: int) -> ConversationId:
    """Return the conversation of two people."""
    return direct(Person(one).id, Person(other).id)


def post(to: ConversationId, number: int, series: str = "bench") -> bytes:
    """Make a post of message `number`; in one database, each number is for once in a series."""
    text = f"~{number:08}~".ljust(TEXT, "x")  # as the tokens have it
    return request("post", number, conversation=to, client_id=f"{series}-{number:016}", text=text)


def request(kind: str, number: int, **fields: object) -> bytes:
    """Make a request; its answer counts for message `number`."""
    return _frame(type=kind, id=number + 1, **fields)


def _frame(**fields: object) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()
