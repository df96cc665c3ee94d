"""Frames to bytes and back: JSON, strict, nothing coerced; every refusal says where and what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn, TypeVar, get_args

import attrs
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn

from ..errors import BadFrame, BadText
from .frames import ClientFrame, ServerFrame
from .limits import MAX_INT

F = TypeVar("F")
Loads = Callable[[bytes], Any]
Dumps = Callable[[Any], bytes]

_MAX_DEPTH = 200
"""How deep lists and objects may be nested for the standard library, whose own limit depends on the Python."""


def tag(frame: type) -> str:
    """Return a frame's `type`: the class's name in snake_case, without the ending Event or Frame."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", re.sub(r"(Event|Frame)$", "", frame.__name__)).lower()


def _refuse(expected: str, value: object) -> NoReturn:
    msg = f"{expected} is expected, not {type(value).__name__}"
    raise ValueError(msg)


def _strict_str(value: object, _: object) -> str:
    return value if type(value) is str else _refuse("text", value)


def _strict_bool(value: object, _: object) -> bool:
    return value if type(value) is bool else _refuse("true or false", value)


def _strict_int(value: object, _: object) -> int:
    if type(value) is not int:
        _refuse("a whole number", value)
    if not -MAX_INT <= value <= MAX_INT:
        msg = "a whole number within ±2^53 is expected"
        raise ValueError(msg)
    return value


def _is_tuple(kind: object) -> bool:
    return getattr(kind, "__origin__", None) is tuple


def _tuple_hook(kind: Any, converter: Converter) -> Callable[[object, object], tuple[Any, ...]]:
    args = get_args(kind)
    if args[-1] is Ellipsis:
        hook = converter.get_structure_hook(args[0])

        def structure_any(value: object, _: object) -> tuple[Any, ...]:
            if type(value) is not list:
                _refuse("a list", value)
            return tuple([hook(item, args[0]) for item in value])

        return structure_any
    hooks = [(converter.get_structure_hook(arg), arg) for arg in args]

    def structure_fixed(value: object, _: object) -> tuple[Any, ...]:
        if type(value) is not list or len(value) != len(hooks):
            msg = f"a list of {len(hooks)} is expected"
            raise ValueError(msg)
        return tuple([hook(item, arg) for item, (hook, arg) in zip(value, hooks, strict=True)])

    return structure_fixed


def _converter(*, strict: bool, explain: bool, brief: bool) -> Converter:
    converter = Converter(detailed_validation=explain, forbid_extra_keys=strict, omit_if_default=brief)
    converter.register_structure_hook(str, _strict_str)
    converter.register_structure_hook(int, _strict_int)
    converter.register_structure_hook(bool, _strict_bool)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(
        attrs.has,
        lambda kind: _objects_only(
            make_dict_structure_fn(
                kind,
                converter,
                _cattrs_forbid_extra_keys=strict,
                _cattrs_detailed_validation=explain,
            )
        ),
    )
    return converter


def _objects_only(structure: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def checked(value: Any, kind: Any) -> Any:
        return structure(value, kind) if type(value) is dict else _refuse("an object", value)

    return checked


class Codec:
    """Encodes and decodes the frames of one direction.

    `strict` refuses unknown fields and types, so that a client's mistakes show; a client is not strict, so that it
    survives a newer server: decode then gives None for a type it does not know. `brief` leaves out what is as it is by
    default: so an older server takes all of a newer client's frames but for those with what it cannot know.
    """

    def __init__(
        self, frames: tuple[type, ...], *, strict: bool, loads: Loads, dumps: Dumps, brief: bool = False
    ) -> None:
        self._strict = strict
        self._loads, self._dumps = loads, dumps
        fast = _converter(strict=strict, explain=False, brief=brief)
        self._explainer = _converter(strict=strict, explain=True, brief=brief)
        self._structure = {tag(frame): (fast.get_structure_hook(frame), frame) for frame in frames}
        self._unstructure = {frame: (tag(frame), fast.get_unstructure_hook(frame)) for frame in frames}

    def encode(self, frame: object) -> bytes:
        """Return the frame as JSON in UTF-8, unescaped. Raises BadText for what neither JSON nor UTF-8 can say."""
        name, unstructure = self._unstructure[type(frame)]
        try:
            return self._dumps({"type": name, **unstructure(frame)})
        except (ValueError, TypeError):  # a lone surrogate, or a number without end
            msg = f"{name}: this cannot be sent"
            raise BadText(msg) from None

    def decode(self, data: bytes) -> Any:
        """Return the frame that the bytes stand for; raise BadFrame with the field at fault.

        BadFrame's `request_id` is the id of the request, where it has a valid one.
        """
        try:
            value = self._loads(data)
        except (ValueError, RecursionError):
            msg = "the frame is not valid JSON in UTF-8"
            raise BadFrame(msg) from None
        if type(value) is not dict or type(value.get("type")) is not str:
            msg = "a frame is a JSON object with a text in 'type'"
            raise BadFrame(msg, field="type")
        name = value.pop("type")
        known = self._structure.get(name)
        if known is None:
            return self._unknown(name, value)
        try:
            return known[0](value, known[1])
        except Exception:  # noqa: BLE001 - whatever it was, the detailed converter says it better
            raise self._explained(value, known[1]) from None

    def _unknown(self, name: str, value: Mapping[str, object]) -> None:
        if self._strict:
            msg = f"there is no frame type {name[:40]!r}"
            raise _with_id(BadFrame(msg, field="type"), value)

    def _explained(self, value: Mapping[str, object], kind: Any) -> BadFrame:
        extra = sorted(value.keys() - attrs.fields_dict(kind).keys())
        if self._strict and extra:
            return _with_id(BadFrame(f"{tag(kind)}: there is no field {extra[0][:40]!r}", field=extra[0][:40]), value)
        try:
            self._explainer.structure(value, kind)
        except Exception as error:  # noqa: BLE001 - cattrs groups errors of any kind
            first = transform_error(error, path="", format_exception=_say)[0]
            said, _, path = first.rpartition(" @ ")
            where = path.lstrip(".")
            return _with_id(BadFrame(f"{tag(kind)}{'.' + where if where else ''}: {said}", field=where or None), value)
        return _with_id(BadFrame(), value)


def _say(error: BaseException, _: object) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error)


def _with_id(error: BadFrame, value: Mapping[str, object]) -> BadFrame:
    number = value.get("id")
    error.request_id = number if type(number) is int and 0 < number <= MAX_INT else None
    return error


# ---- JSON ---------------------------------------------------------------------------------------------------------


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a field is there twice"
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= _MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > _MAX_DEPTH:
            msg = "nested too deeply"
            raise ValueError(msg)


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def plain_loads(data: bytes) -> Any:
    """Parse JSON with the standard library, as strictly as orjson does."""
    _refuse_depth(data)
    value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    if rb"\u" in data:
        plain_dumps(value)  # a lone surrogate cannot be encoded: UnicodeEncodeError is a ValueError
    return value


def plain_dumps(value: Any) -> bytes:
    """Write JSON with the standard library, unescaped and without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


_loads: Loads = plain_loads
_dumps: Dumps = plain_dumps
try:
    import orjson
except ImportError:
    pass  # it comes with the server extra
else:
    _loads, _dumps = orjson.loads, orjson.dumps


@cache  # making one takes tens of milliseconds, and it knows nothing of who uses it
def client_frames(*, strict: bool = True, loads: Loads = _loads, dumps: Dumps = _dumps) -> Codec:
    """Return the codec of what clients send; strict, as the server reads it."""
    return Codec(_frames(ClientFrame), strict=strict, loads=loads, dumps=dumps, brief=True)


@cache
def server_frames(*, strict: bool = False, loads: Loads = _loads, dumps: Dumps = _dumps) -> Codec:
    """Return the codec of what servers send; not strict, as the client reads it."""
    return Codec(_frames(ServerFrame), strict=strict, loads=loads, dumps=dumps)


def _frames(union: object) -> tuple[type, ...]:
    """Return the members of a union, the nested ones too."""
    args = get_args(union)
    return tuple(kind for arg in args for kind in _frames(arg)) if args else (union,)  # type: ignore[return-value]
