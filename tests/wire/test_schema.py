"""The protocol's JSON Schema takes what the codec takes, and refuses what it refuses."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chatcore.errors import ChatError
from chatcore.wire import codec

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parent.parent.parent


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "docs" / "protocol.schema.json").read_text(encoding="utf-8"))
    return read


def validator(who: str) -> Draft202012Validator:
    return Draft202012Validator({**schema(), "anyOf": [{"$ref": f"#/$defs/{who}"}]})


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import protocol_examples

    yield protocol_examples
    sys.modules.pop("protocol_examples")


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_example_is_valid_for_who_says_it_and_for_nobody_else(examples: ModuleType) -> None:
    client, server = codec.client_frames(dumps=codec.plain_dumps), codec.server_frames(dumps=codec.plain_dumps)
    said = [("client", json.loads(client.encode(frame))) for frame in examples.CLIENT]
    said += [("server", json.loads(server.encode(frame))) for frame in examples.SERVER]

    for who, frame in said:
        other = "server" if who == "client" else "client"
        assert [error.message for error in validator(who).iter_errors(frame)] == [], frame
        assert not validator(other).is_valid(frame), frame


def test_every_frame_on_the_page_is_valid() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    frames = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)]

    assert len(frames) >= len(schema()["$defs"]["client"]["oneOf"] + schema()["$defs"]["server"]["oneOf"])
    assert [
        frame for frame in frames if not (validator("client").is_valid(frame) or validator("server").is_valid(frame))
    ] == []


@pytest.mark.parametrize(
    ("name", "field", "wrong"),
    [
        ("post", "client_id", "with spaces"),
        ("post", "client_id", "x" * 65),
        ("post", "conversation", "d.0000000000000000"),
        ("post", "text", ""),
        ("mark", "seqs", []),
        ("history", "limit", 201),
        ("register", "password", "short"),
        ("hello", "instance", "x" * 65),
    ],
)
def test_a_value_beyond_its_limits_is_wrong(examples: ModuleType, name: str, field: str, wrong: object) -> None:
    client = codec.client_frames(dumps=codec.plain_dumps)
    (frame,) = (said for each in examples.CLIENT if (said := json.loads(client.encode(each)))["type"] == name)

    assert validator("client").is_valid(frame)
    assert not validator("client").is_valid({**frame, field: wrong})


MAY_BE_MISSING = {"invitation"}

BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a field less": lambda frame: frame.pop([name for name in frame if name not in MAY_BE_MISSING][-1]),
    "a field more": lambda frame: frame.update(more=1),
    "another type": lambda frame: frame.update(type="nonsense"),
    "a number for a text": lambda frame: frame.update({list(frame)[-1]: 0.5}),
    "a number too large": lambda frame: frame.update(id=2**53 + 1) if "id" in frame else frame.clear(),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_is_wrong_with_a_client_s_frame_is_wrong_for_both(examples: ModuleType, how: str) -> None:
    client = codec.client_frames(dumps=codec.plain_dumps)
    for example in examples.CLIENT:
        frame = json.loads(client.encode(example))
        BREAKS[how](frame)

        with pytest.raises(ChatError):
            client.decode(json.dumps(frame).encode())
        assert not validator("client").is_valid(frame), frame
