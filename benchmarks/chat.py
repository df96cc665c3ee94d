"""Chatcore's protocol as the load speaks it."""

from __future__ import annotations

import json
import re

from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId

from .filling import TEXT, Person
from .peer import Peer

TOKENS = re.compile(
    rb'"type":"(?:posted|counted|page|tallies|users)","id":(\d+)|~(\d{8})~|"type":"(?:error|closing)"([^}]*)'
)


async def log_in(port: int, person: Person, device: str = "bench") -> Peer:
    """Go on with a person's session; return with the snapshot read."""
    peer = await Peer.connect(port, TOKENS)
    enter(peer, person, device)
    while not (frame := await peer.frame()).startswith(b'{"type":"snapshot"'):
        assert b'"error"' not in frame[:20], frame
    return peer


def enter(peer: Peer, person: Person, device: str = "bench") -> None:
    """Send what one enters with, and read nothing. The same device takes its former connection's place."""
    peer.send(_frame(type="hello", versions=[1], instance=device))
    peer.send(_frame(type="resume", id=1, token=person.token))


def conversation(one: int, other: int) -> ConversationId:
    """Give the conversation of two people."""
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
