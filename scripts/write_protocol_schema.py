"""Write docs/protocol.schema.json: the frames of the protocol as JSON Schema, for programs in other languages."""

import inspect
import json
import sys
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import page_parts
import protocol_examples as examples
from page_parts import ROOT
from write_protocol_page import FRAMES, VALUES, strings_below

from chatcore.domain import ids
from chatcore.domain.conversations import KINDS
from chatcore.domain.messages import MAX_TEXT, PREVIEW
from chatcore.domain.passwords import MAX_PASSWORD, MIN_PASSWORD
from chatcore.domain.sessions import MAX_LABEL
from chatcore.wire import frames as f
from chatcore.wire.bounds import LAST_MS
from chatcore.wire.limits import (
    MAX_INSTANCE,
    MAX_INT,
    MAX_MARKS,
    MAX_PAGE,
    MAX_SESSIONS,
    MAX_STRETCH,
    MAX_TALLIES,
    MAX_USERS,
)

SCHEMA = ROOT / "docs" / "protocol.schema.json"


def _pattern(fullmatch: Any) -> str:  # noqa: ANN401 - a method of a regular expression
    return str(fullmatch.__self__.pattern)


LIMITS: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("hello", "instance"): {"maxLength": MAX_INSTANCE},
    ("register", "password"): {"minLength": MIN_PASSWORD, "maxLength": MAX_PASSWORD},
    ("change_password", "new_password"): {"minLength": MIN_PASSWORD, "maxLength": MAX_PASSWORD},
    ("begin_session", "label"): {"maxLength": MAX_LABEL},
    ("mark", "seqs"): {"minItems": 1, "maxItems": MAX_MARKS},
    ("post", "text"): {"minLength": 1, "maxLength": MAX_TEXT},
    ("history", "limit"): {"minimum": 1, "maximum": MAX_PAGE},
    ("stretch", "first"): {"minimum": 1},
    ("page", "messages"): {"maxItems": MAX_PAGE},
    ("page", "read"): {"maxItems": MAX_STRETCH},
    ("page", "receipts"): {"maxItems": MAX_STRETCH},
    ("tallies", "tallies"): {"maxItems": MAX_TALLIES},
    ("users", "users"): {"maxItems": MAX_USERS},
    ("sessions", "sessions"): {"maxItems": MAX_SESSIONS},
    ("Message", "seq"): {"minimum": 1},
    ("Message", "text"): {"minLength": 1, "maxLength": MAX_TEXT},
    ("Message", "sent_at_ms"): {"minimum": 0, "maximum": LAST_MS},
    ("Last", "seq"): {"minimum": 1},
    ("Last", "text"): {"maxLength": PREVIEW},
    ("Last", "sent_at_ms"): {"minimum": 0, "maximum": LAST_MS},
    ("Tally", "seq"): {"minimum": 0},
    ("User", "number"): {"minimum": 1},
    ("User", "fact"): {"minimum": 1},
}
"""What a field of a frame or value may be beyond its type; a request's id is always at least 1."""

PATTERNS: Mapping[str, str] = {
    "UserId": _pattern(ids.is_user_id),
    "ClientId": _pattern(ids.is_client_id),
    "ConversationId": "|".join(kind.ids.pattern for kind in KINDS),
}
"""What ids look like."""

SIMPLE: Mapping[object, Mapping[str, object]] = {
    int: {"type": "integer", "minimum": -MAX_INT, "maximum": MAX_INT},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


def schema() -> str:
    """Return the whole schema."""
    client, server = ([FRAMES[type(frame).__name__] for frame in said] for said in (examples.CLIENT, examples.SERVER))
    notes = strings_below(ids)
    defs: dict[str, object] = {
        "client": {"description": "What a client says.", "oneOf": _refs(client)},
        "server": {"description": "What a server says. Later versions may say more.", "oneOf": _refs(server)},
        **{FRAMES[kind.__name__]: frame(kind) for kind in map(type, examples.CLIENT + examples.SERVER)},
        **{kind.__name__: value(kind) for kind in VALUES},
        **{name: identifier(name, note) for name, note in notes.items()},
    }
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"chatcore's protocol, version {f.VERSION}",
        "description": "A frame is one of these. Who answers what, and when, is told in words by protocol.md.",
        "anyOf": _refs(["client", "server"]),
        "$defs": defs,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def frame(kind: type) -> dict[str, object]:
    """Return the schema of a frame. A client's has no other fields than these: they are refused."""
    name = FRAMES[kind.__name__]
    described = value(kind, name)
    properties = {"type": {"const": name}, **described["properties"]}
    if "id" in properties and name != "error":
        properties["id"] = {**properties["id"], "minimum": 1}
    is_strict = kind in map(type, examples.CLIENT)
    return {
        **described,
        "properties": properties,
        "required": ["type", *described["required"]],
        **({"additionalProperties": False} if is_strict else {}),
    }


def identifier(name: str, note: str) -> dict[str, object]:
    """Return the schema of an id."""
    pattern = {"pattern": f"^(?:{PATTERNS[name]})$"} if name in PATTERNS else {}
    return {"type": "string", **pattern, "description": note}


def value(kind: type, called: str | None = None) -> dict[str, Any]:
    """Return the schema of an object of the code: every field is there, and described by the string below it."""
    notes, shapes = strings_below(kind), get_type_hints(kind)
    names = [field.name for field in attrs.fields(kind)]
    return {
        "description": " ".join((inspect.getdoc(kind) or "").split()),
        "type": "object",
        "properties": {
            name: shape(shapes[name])
            | dict(LIMITS.get((called or kind.__name__, name), {}))
            | ({"description": notes[name]} if name in notes else {})
            for name in names
        },
        "required": names,
    }


def shape(kind: Any) -> dict[str, object]:  # noqa: ANN401 - any type of a field
    """Return the schema of what a field holds."""
    args = get_args(kind)
    if get_origin(kind) in {Union, UnionType}:
        return {"anyOf": [shape(arg) for arg in args]}
    if get_origin(kind) is tuple:
        if args[-1] is Ellipsis:
            return {"type": "array", "items": shape(args[0])}
        return {"type": "array", "prefixItems": [shape(arg) for arg in args], "items": False, "minItems": len(args)}
    return dict(SIMPLE[kind]) if kind in SIMPLE else _ref(kind.__name__)


def _ref(name: str) -> dict[str, object]:
    return {"$ref": f"#/$defs/{name}"}


def _refs(names: list[str]) -> list[dict[str, object]]:
    return [_ref(name) for name in names]


if __name__ == "__main__":
    sys.exit(page_parts.whole(SCHEMA, schema(), sys.argv[1:]))
