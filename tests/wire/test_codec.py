"""The codec: everything survives the way there and back, and nothing else gets through, with either JSON library."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore import BadFrame, BadText
from chatcore.wire import frames as f
from chatcore.wire.codec import Codec, client_frames, plain_dumps, plain_loads, server_frames, tag
from tests.wire.strategies import CLIENT_FRAMES, JSON_VALUES, SERVER_FRAMES, of_class

CLIENT = {
    "plain": client_frames(loads=plain_loads, dumps=plain_dumps),
    "orjson": client_frames(loads=orjson.loads, dumps=orjson.dumps),
}
SERVER = {
    "plain": server_frames(loads=plain_loads, dumps=plain_dumps),
    "orjson": server_frames(loads=orjson.loads, dumps=orjson.dumps),
}

HISTORY: dict[str, object] = {
    "type": "history",
    "id": 7,
    "conversation": "general",
    "after": None,
    "before": None,
    "limit": 50,
}


@pytest.fixture(params=["plain", "orjson"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def incoming(library: str) -> Codec:
    """What a server reads with."""
    return CLIENT[library]


@pytest.fixture
def reading(library: str) -> Codec:
    """What a client reads with."""
    return SERVER[library]


NOT_JSON = "the frame is not valid JSON in UTF-8"

few = settings(max_examples=20)  # for each of many frames


def history(**changes: object) -> bytes:
    return json.dumps({**HISTORY, **changes}).encode()


def refusal(codec: Codec, data: bytes) -> BadFrame:
    with pytest.raises(BadFrame) as caught:
        codec.decode(data)
    return caught.value


# ---- there and back


@pytest.mark.parametrize("frame", [*CLIENT_FRAMES, *SERVER_FRAMES], ids=tag)
@few
@given(st.data())
def test_every_frame_survives_the_way_there_whichever_libraries_the_ends_use(frame: type, data: st.DataObject) -> None:
    said = data.draw(of_class(frame))
    one, other = (CLIENT if frame in CLIENT_FRAMES else SERVER).values()

    written = one.encode(said)

    assert other.encode(said) == written
    assert one.decode(written) == other.decode(written) == said


def test_json_is_written_unescaped_and_without_spaces(incoming: Codec) -> None:
    data = incoming.encode(f.FindUser(1, "Zoë 🙂"))

    assert data == '{"type":"find_user","id":1,"name":"Zoë 🙂"}'.encode()


def test_what_is_as_usual_is_left_out_so_that_an_older_server_takes_it(incoming: Codec) -> None:
    plain, invited = (incoming.encode(f.Register(1, "ann", "secret", code)) for code in (None, "7KQ2M"))

    assert plain == b'{"type":"register","id":1,"name":"ann","password":"secret"}'
    assert invited == plain.removesuffix(b"}") + b',"invitation":"7KQ2M"}'


@pytest.mark.parametrize("number", [2**53, -(2**53)])
def test_the_greatest_numbers_survive(incoming: Codec, number: int) -> None:
    assert incoming.decode(history(after=number)).after == number


def test_text_that_utf8_cannot_say_is_refused_before_it_is_sent(incoming: Codec) -> None:
    with pytest.raises(BadText, match="find_user"):
        incoming.encode(f.FindUser(1, "\ud800"))


# ---- nothing is coerced

ODD: list[object] = ["1", 1.0, 0.5, True, False, [], {}, [1], {"a": 1}, "abc", ""]


@pytest.mark.parametrize("odd", [value for value in [*ODD, None] if type(value) is not int], ids=repr)
def test_only_a_whole_number_is_a_number(incoming: Codec, odd: object) -> None:
    error = refusal(incoming, history(limit=odd))

    assert error.field == "limit"
    assert error.message.startswith("history.limit: a whole number is expected, not ")


@pytest.mark.parametrize("odd", [value for value in ODD if type(value) is not int], ids=repr)
def test_a_number_that_may_be_missing_is_a_number_or_null(incoming: Codec, odd: object) -> None:
    error = refusal(incoming, history(before=odd))

    assert error.field == "before"


@pytest.mark.parametrize("odd", [0, 1, 1.0, True, None, [], ["general"], {}], ids=repr)
def test_only_text_is_text(incoming: Codec, odd: object) -> None:
    error = refusal(incoming, history(conversation=odd))

    assert error.message.startswith("history.conversation: text is expected, not ")
    assert error.field == "conversation"


@pytest.mark.parametrize("odd", ["", "abc", "12", 1, None, True, {}, {"0": 1}], ids=repr)
def test_only_a_list_is_a_list(incoming: Codec, odd: object) -> None:
    mark = {"type": "mark", "id": 1, "conversation": "general", "seqs": odd}

    error = refusal(incoming, json.dumps(mark).encode())

    assert error.message.startswith("mark.seqs: a list is expected, not ")


@pytest.mark.parametrize("odd", [["1"], [1, "2"], [True], [1.0], [None], [[1]]], ids=repr)
def test_what_is_in_a_list_is_checked_too(incoming: Codec, odd: object) -> None:
    mark = {"type": "mark", "id": 1, "conversation": "general", "seqs": odd}

    error = refusal(incoming, json.dumps(mark).encode())

    assert error.message.startswith("mark.seqs: a whole number is expected, not ")


@pytest.mark.parametrize("odd", [0, 1, None, "true", [], {}], ids=repr)
def test_only_true_and_false_are_true_and_false(reading: Codec, odd: object) -> None:
    users = {"type": "users", "id": 1, "users": [], "upto": 0, "more": odd}

    error = refusal(reading, json.dumps(users).encode())

    assert error.message.startswith("users.more: true or false is expected, not ")


@pytest.mark.parametrize("odd", [[[1]], [[1, 2, 3]], [["1", 2]], ["12"], [[1, None]], [{}]], ids=repr)
def test_a_pair_has_two_members_of_its_types(reading: Codec, odd: object) -> None:
    receipts = {"type": "receipts", "conversation": "general", "receipts": odd}

    assert refusal(reading, json.dumps(receipts).encode()).field == "receipts"


@pytest.mark.parametrize("odd", [None, 1, "", [], "message"], ids=repr)
def test_only_an_object_is_an_object(reading: Codec, odd: object) -> None:
    error = refusal(reading, json.dumps({"type": "message", "message": odd}).encode())

    assert error.message.startswith("message.message: an object is expected, not ")


def test_a_fault_deep_inside_is_named_with_its_path(reading: Codec) -> None:
    user = {"id": "a", "name": "b", "number": "1", "fact": 1}

    error = refusal(reading, json.dumps({"type": "found", "id": 1, "user": user}).encode())

    assert error.field == "user.number"
    assert error.message == "found.user.number: a whole number is expected, not str"


# ---- what is missing, and what does not belong there


@pytest.mark.parametrize("name", [name for name in HISTORY if name != "type"])
def test_a_missing_field_is_named(incoming: Codec, name: str) -> None:
    without = {key: value for key, value in HISTORY.items() if key != name}

    error = refusal(incoming, json.dumps(without).encode())

    assert error.field == name
    assert error.message == f"history.{name}: the field '{name}' is missing"


def test_a_server_refuses_a_field_that_it_does_not_know(incoming: Codec) -> None:
    error = refusal(incoming, history(colour="red"))

    assert error.message == "history: there is no field 'colour'"
    assert error.field == "colour"


def test_a_server_refuses_a_type_that_it_does_not_know(incoming: Codec) -> None:
    error = refusal(incoming, history(type="histories"))

    assert error.message == "there is no frame type 'histories'"
    assert error.field == "type"


def test_a_server_does_not_take_what_servers_say(incoming: Codec) -> None:
    assert refusal(incoming, b'{"type":"welcome","version":2}').field == "type"


def test_a_client_passes_over_fields_that_it_does_not_know(reading: Codec) -> None:
    user = {"id": "a", "name": "b", "number": 1, "fact": 1, "colour": "red"}
    frame = {"type": "found", "id": 1, "user": user, "score": [1.5]}

    assert reading.decode(json.dumps(frame).encode()).user.name == "b"


def test_a_client_gets_nothing_for_a_type_that_it_does_not_know(reading: Codec) -> None:
    assert reading.decode(b'{"type":"reaction","emoji":"x"}') is None


@pytest.mark.parametrize("data", [b"[]", b'"history"', b"1", b"null", b"true", b"{}", b'{"type":1}', b'{"type":null}'])
def test_a_frame_is_an_object_with_a_type(incoming: Codec, data: bytes) -> None:
    error = refusal(incoming, data)

    assert error.field == "type"
    assert error.message == "a frame is a JSON object with a text in 'type'"


def test_what_a_peer_wrote_is_not_repeated_at_length(incoming: Codec) -> None:
    assert len(refusal(incoming, history(type="x" * 60_000)).message) < 100
    assert len(refusal(incoming, history(**{"x" * 60_000: 1})).message) < 100


# ---- whose request it was


@pytest.mark.parametrize("bad", [{"limit": "1"}, {"colour": 1}, {"type": "histories"}], ids=repr)
def test_a_refusal_knows_the_request(incoming: Codec, bad: dict[str, object]) -> None:
    assert refusal(incoming, history(**bad)).request_id == 7


@pytest.mark.parametrize("number", ["7", 7.0, True, None, 0, -7, 2**53 + 1, 10**30], ids=repr)
def test_a_refusal_knows_no_request_where_the_id_is_none(incoming: Codec, number: object) -> None:
    assert refusal(incoming, history(id=number, limit="1")).request_id is None


# ---- what is not JSON, or more than JSON


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b'{"type":"history"',
        b"history",
        b'{"type":"history",}',
        b"{'type':'history'}",
        b'{"type":"find_user","id":NaN,"name":"a"}',
        b'{"type":"find_user","id":Infinity,"name":"a"}',
        b'{"type":"find_user","id":1,"name":"\xff"}',
        b'{"type":"find_user","id":1,"name":"\xed\xa0\x80"}',
        b'{"type":"find_user","id":1,"name":"\\ud800"}',
        b'{"type":"find_user","id":1,"name":"\\udc00\\ud800"}',
        b'{"type":"find_user","id":1,"name":"a\nb"}',
        b'{"type":"find_user","id":01,"name":"a"}',
        b'{"type":"find_user","id":1,"name":"a"} x',
        b'\xef\xbb\xbf{"type":"find_user","id":1,"name":"a"}',
        '{"type":"find_user","id":1,"name":"a"}'.encode("utf-16"),
        '{"type":"find_user","id":1,"name":"a"}'.encode("utf-16-le"),
        '{"type":"find_user","id":1,"name":"a"}'.encode("utf-32"),
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"type":"find_user","id":1,"name":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
    ids=lambda data: repr(data[:48]),
)
def test_what_is_not_json_in_utf8_is_refused(incoming: Codec, reading: Codec, data: bytes) -> None:
    for codec in (incoming, reading):
        assert refusal(codec, data).message == NOT_JSON


@pytest.mark.parametrize(("deep", "told"), [(199, "find_user.name: text is expected, not list"), (200, NOT_JSON)])
def test_how_deep_a_frame_may_be_does_not_hang_on_the_python(deep: int, told: str) -> None:
    data = b'{"type":"find_user","id":1,"name":' + b"[" * deep + b"]" * deep + b"}"

    assert refusal(CLIENT["plain"], data).message == told


def test_brackets_within_a_text_are_not_counted() -> None:
    name = '\\"[{' * 1_000

    assert CLIENT["plain"].decode(CLIENT["plain"].encode(f.FindUser(1, name))) == f.FindUser(1, name)


@pytest.mark.parametrize(
    "number",
    ["1e400", "-1e400", "1e3", "1.0", "-0.0", str(2**53 + 1), str(-(2**63) - 1), str(2**64), "9" * 400, "9" * 5_000],
)
def test_a_number_that_is_no_whole_number_within_2_to_the_53_is_refused(incoming: Codec, number: str) -> None:
    data = json.dumps(HISTORY).replace("50", number).encode()

    refusal(incoming, data)


def test_an_escaped_pair_of_surrogates_is_one_character(incoming: Codec) -> None:
    data = b'{"type":"find_user","id":1,"name":"\\ud83d\\ude42"}'

    assert incoming.decode(data).name == "🙂"


def test_a_field_that_is_there_twice_is_refused_by_the_plain_library() -> None:
    data = b'{"type":"find_user","id":1,"name":"a","name":"b"}'

    assert refusal(CLIENT["plain"], data).message == "the frame is not valid JSON in UTF-8"


def test_of_a_field_that_is_there_twice_orjson_takes_the_last() -> None:
    data = b'{"type":"find_user","id":1,"name":"a","name":"b"}'

    assert CLIENT["orjson"].decode(data) == f.FindUser(1, "b")


# ---- rubbish


def attempt(codec: Codec, data: bytes) -> object:
    try:
        return codec.decode(data)
    except BadFrame:
        return None


@given(st.binary(max_size=200))
def test_random_bytes_never_get_through(data: bytes) -> None:
    for codec in [*CLIENT.values(), *SERVER.values()]:
        assert attempt(codec, data) is None


@given(JSON_VALUES)
def test_random_json_never_gets_through(value: object) -> None:
    for codec in [*CLIENT.values(), *SERVER.values()]:
        assert attempt(codec, json.dumps(value).encode()) is None


def field_by_field(frame: type) -> st.SearchStrategy[dict[str, Any]]:
    names = [*frame.__annotations__, "type", "x"]
    return st.dictionaries(st.sampled_from(names), JSON_VALUES, max_size=len(names))


@pytest.mark.parametrize("frame", [*CLIENT_FRAMES, *SERVER_FRAMES], ids=tag)
@few
@given(st.data())
def test_what_gets_through_is_what_was_sent(frame: type, data: st.DataObject) -> None:
    """Almost a frame: whatever is decoded says the same when it is encoded again."""
    said = {**data.draw(field_by_field(frame)), "type": tag(frame)}
    codecs = CLIENT if frame in CLIENT_FRAMES else SERVER

    for codec in codecs.values():
        got = attempt(codec, json.dumps(said).encode())
        if got is not None:
            again = json.loads(codec.encode(got))
            assert {key: (type(value), value) for key, value in again.items()} == {
                key: (type(said[key]), said[key]) for key in again
            }


@pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=tag)
@few
@given(st.data())
def test_one_changed_byte_gives_a_frame_or_a_refusal(frame: type, data: st.DataObject) -> None:
    said = data.draw(of_class(frame))
    written = bytearray(CLIENT["plain"].encode(said))
    written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))

    for codec in CLIENT.values():
        got = attempt(codec, bytes(written))
        assert got is None or isinstance(got, CLIENT_FRAMES)


@pytest.mark.parametrize("make", [client_frames, server_frames])
def test_orjson_is_used_where_it_is_installed(make: Callable[[], Codec]) -> None:
    codec = make()

    assert codec._loads is orjson.loads
    assert codec._dumps is orjson.dumps


def test_where_orjson_is_missing_the_standard_library_does_it() -> None:
    code = """
import sys
sys.modules["orjson"] = None
from chatcore.wire.codec import client_frames
from chatcore.wire.frames import Count
codec = client_frames()
print(codec._loads.__name__, codec.decode(codec.encode(Count(1, "general"))))
"""

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30).stdout

    assert said == "plain_loads Count(id=1, conversation='general')\n"
