"""Write docs/asyncapi.json: the protocol as an AsyncAPI 3.0 document, made from the frames as the JSON Schema is.

It describes the server, as AsyncAPI does: it *receives* what a client says and *sends* what a client hears. To look at
it: `npx @asyncapi/cli start preview docs/asyncapi.json`; to hold it against the published schema: `npx @asyncapi/cli
validate docs/asyncapi.json`.
"""

import inspect
import json
import sys
from collections.abc import Iterable
from typing import Any

import page_parts
import protocol_examples as examples
from page_parts import ROOT
from write_protocol_page import CODECS, FRAMES
from write_protocol_schema import schema

from chatcore.protocol.states import ANSWERS
from chatcore.wire import frames as f

DOCUMENT = ROOT / "docs" / "asyncapi.json"
CHANNEL = {"$ref": "#/channels/chat"}

DESCRIPTION = (
    "A connection is one WebSocket; each text message is one JSON object, whose `type` says what it is. The client "
    "says hello and enters; from then on it asks, and each request is answered by its `id`: by the frame that is named "
    "here, or by an error. Events come in between. Orders, limits and what a client keeps: protocol.md tells of these."
)


def document() -> str:
    """Return the whole document."""
    said = [("client", frame) for frame in examples.CLIENT] + [("server", frame) for frame in examples.SERVER]
    names = [FRAMES[type(frame).__name__] for _, frame in said]
    whole = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "chatcore",
            "version": str(f.VERSION),
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "own": {"host": "127.0.0.1:8765", "protocol": "ws", "description": "A server on the own machine."},
            "public": {
                "host": "chat.example.org:8765",
                "protocol": "wss",
                "description": "A server for others; within an application the address may have another path.",
            },
        },
        "channels": {
            "chat": {
                "address": "/",
                "description": "One connection of one client.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {**requests(), **told()},
        "components": {
            "messages": {name: message(name, who, frame) for name, (who, frame) in zip(names, said, strict=True)},
            "schemas": schemas(),
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def requests() -> dict[str, object]:
    """Return an operation for each frame that a client says, with what answers it."""
    answers = {**ANSWERS, f.Hello: f.Welcome}
    operations: dict[str, object] = {}
    for frame in examples.CLIENT:
        kind = type(frame)
        answered = [answers[kind], *([f.Snapshot] if answers[kind] is f.LoggedIn else []), f.ErrorFrame]
        operations[FRAMES[kind.__name__]] = {
            "action": "receive",
            "channel": CHANNEL,
            "summary": summary(kind),
            "messages": in_channel([kind]),
            "reply": {"channel": CHANNEL, "messages": in_channel(answered)},
        }
    return operations


def told() -> dict[str, object]:
    """Return an operation for each frame that a server says by itself: events, and the end."""
    answers = {*ANSWERS.values(), f.Welcome, f.Snapshot, f.ErrorFrame}
    return {
        f"tell_{FRAMES[kind.__name__]}": {
            "action": "send",
            "channel": CHANNEL,
            "summary": summary(kind),
            "messages": in_channel([kind]),
        }
        for kind in map(type, examples.SERVER)
        if kind not in answers
    }


def message(name: str, who: str, frame: object) -> dict[str, object]:
    """Return the message of a frame, with its example."""
    kind = type(frame)
    encoded = json.loads(CODECS[who == "server"].encode(frame))
    return {
        "name": name,
        "summary": summary(kind),
        "payload": {"$ref": f"#/components/schemas/{name}"},
        **({"correlationId": {"location": "$message.payload#/id"}} if "id" in encoded else {}),
        "examples": [{"payload": encoded}],
    }


def summary(kind: type) -> str:
    """Return the first paragraph of a docstring."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def in_channel(kinds: Iterable[type]) -> list[dict[str, str]]:
    """Return references to messages of the channel."""
    return [{"$ref": f"#/channels/chat/messages/{FRAMES[kind.__name__]}"} for kind in kinds]


def schemas() -> dict[str, object]:
    """Return the definitions of the JSON Schema, each as draft-07, which is what AsyncAPI's tools know."""
    defs = json.loads(schema())["$defs"]
    return {name: older(described) for name, described in defs.items() if name not in {"client", "server"}}


def older(described: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema of 2020-12 as one of draft-07."""
    if isinstance(described, list):
        return [older(each) for each in described]
    if not isinstance(described, dict):
        return described
    part = {key: older(value) for key, value in described.items()}
    if "prefixItems" in part:
        part["items"], part["additionalItems"] = part.pop("prefixItems"), part["items"]
    if "$ref" in part:
        ref = {"$ref": part.pop("$ref").replace("#/$defs/", "#/components/schemas/")}
        return {**part, "allOf": [ref]} if part else ref  # beside a $ref nothing counts there
    return part


if __name__ == "__main__":
    sys.exit(page_parts.whole(DOCUMENT, document(), sys.argv[1:]))
