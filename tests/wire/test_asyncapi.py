"""The AsyncAPI document has every frame, pairs requests and answers as the machines do, and its examples are valid.

AsyncAPI's own parser takes it without an error; that it is current, tests/test_docs.py looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft7Validator

from chatcore.protocol.states import ANSWERS
from chatcore.wire.codec import tag
from chatcore.wire.frames import ClientFrame, PushEvent, ServerFrame

pytestmark = pytest.mark.checkout

PATH = Path(__file__).parent.parent.parent / "docs" / "asyncapi.json"


@pytest.fixture
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return read


def members(union: Any) -> list[type]:  # noqa: ANN401 - a union has no type of its own
    return [kind for arg in get_args(union) for kind in members(arg)] or [union]


def resolved(document: dict[str, Any], ref: str) -> Any:  # noqa: ANN401 - JSON
    assert ref.startswith("#/")
    return reduce(lambda part, key: part[key], ref[2:].split("/"), document)


def references(part: object) -> Iterator[str]:
    match part:
        case {"$ref": str(ref)}:
            yield ref
        case dict():
            for value in part.values():
                yield from references(value)
        case list():
            for value in part:
                yield from references(value)
        case _:
            pass


def names(messages: list[dict[str, str]]) -> list[str]:
    return [message["$ref"].rpartition("/")[2] for message in messages]


def test_every_reference_leads_to_something(document: dict[str, Any]) -> None:
    assert all(resolved(document, ref) for ref in references(document))


def test_every_frame_is_a_message_of_the_channel(document: dict[str, Any]) -> None:
    frames = {tag(kind) for kind in members(ClientFrame | ServerFrame)}

    assert set(document["channels"]["chat"]["messages"]) == frames


def test_a_request_is_received_and_replied_to_with_its_answer_or_an_error(document: dict[str, Any]) -> None:
    for request, answer in ANSWERS.items():
        operation = document["operations"][tag(request)]
        answered = names(operation["reply"]["messages"])

        assert operation["action"] == "receive"
        assert names(operation["messages"]) == [tag(request)]
        assert answered[0] == tag(answer)
        assert answered[-1] == "error"


def test_events_are_sent_and_nobody_asks_for_them(document: dict[str, Any]) -> None:
    sent = {name for name, operation in document["operations"].items() if operation["action"] == "send"}

    assert sent == {f"tell_{tag(kind)}" for kind in members(PushEvent)} | {"tell_closing"}


def test_every_example_is_valid_for_its_message_and_for_no_other(document: dict[str, Any]) -> None:
    messages = document["components"]["messages"]
    for name, message in messages.items():
        (example,) = message["examples"]

        valid = {
            other
            for other in messages
            if Draft7Validator({**document, **messages[other]["payload"]}).is_valid(example["payload"])
        }

        assert valid == {name}
