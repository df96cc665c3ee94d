"""Write the parts of docs/protocol.md: the states, the frames with examples, the values, the errors, the limits."""

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import page_parts
import protocol_examples as examples
from page_parts import table

from chatcore import errors
from chatcore.domain import ids, passwords, users
from chatcore.domain.generations import Point
from chatcore.domain.messages import MAX_TEXT, PREVIEW, Last, Message
from chatcore.domain.sessions import MAX_LABEL, SessionRecord
from chatcore.domain.tallies import Tally
from chatcore.domain.users import User
from chatcore.host.pace import BURST, LIGHT, RATE
from chatcore.host.settings import HostSettings
from chatcore.protocol import states
from chatcore.wire import codec, limits
from chatcore.wire.limits import KIB

CODECS = (codec.client_frames(dumps=codec.plain_dumps), codec.server_frames(dumps=codec.plain_dumps))
KINDS = tuple(map(type, examples.CLIENT + examples.SERVER))
FRAMES: Mapping[str, str] = {kind.__name__: codec.tag(kind) for kind in KINDS}
VALUES: Mapping[type, str] = {
    Message: "message",
    Tally: "tally",
    Last: "last message",
    User: "user",
    Point: "point",
    SessionRecord: "session",
}
SIMPLE: Mapping[object, str] = {int: "whole number", str: "text", bool: "true or false", NoneType: "null"}
ONE_LINE = 110
USUAL = HostSettings()


# ---- the parts ----------------------------------------------------------------------------------------------------


def states_part() -> str:
    """Return what may be said in which state, and what leads from one to the next."""
    notes = strings_below(states.State)
    may = (states.CLIENT_MAY_SAY, states.SERVER_MAY_SAY)
    rows = [
        (f"*{state.value}*", linked(notes.get(state.name, "")), *(said(who.get(state, ())) for who in may))
        for state in states.State
    ]
    moves = [(f"*{a.value}*", link(frame.__name__), f"*{b.value}*") for (a, frame), b in states.CLIENT_MOVES.items()]
    head = ("state", "", "the client may say", "the server may say")
    return "\n".join([*table(head, rows), "", *table(("in", "what the server says", "leads to"), moves)])


def frames_part(frames: Iterable[object], encode: Callable[[object], bytes]) -> str:
    """Return a section for each frame: what it says, its fields, an example."""
    return "\n".join(line for frame in frames for line in frame_section(frame, encode))


def frame_section(frame: object, encode: Callable[[object], bytes]) -> Iterator[str]:
    """Return the section of one frame."""
    kind = type(frame)
    yield from (f"### `{FRAMES[kind.__name__]}`", "", linked(sentences(kind)), "")
    yield from (*fields_list(kind), "", "```json", readable(encode(frame)), "```", "")


def values_part() -> str:
    """Return a section for each value that stands inside frames, and the ids."""
    sections = [
        line
        for kind, name in VALUES.items()
        for line in (f"### A {name}", "", sentences(kind), "", *fields_list(kind), "")
    ]
    notes = strings_below(ids)
    return "\n".join([*sections, "### Ids", "", *(f"- {worded(name)}: {notes[name]}" for name in notes)])


def errors_part() -> str:
    """Return the errors that a server tells of."""
    rows = [
        (f"`{leaf.code}`", sentences(leaf), fault)
        for kind, fault in FAULTS.items()
        for leaf in (kind.__subclasses__() or [kind])
    ]
    return "\n".join(table(("code", "says", "what to do"), rows))


def limits_part() -> str:
    """Return the numbers that both sides hold each other to."""
    return "\n".join(table(("what", "limit"), LIMITS.items()))


# ---- Markdown -----------------------------------------------------------------------------------------------------


def fields_list(kind: type) -> list[str]:
    """List the fields of a frame or value."""
    notes, shapes = strings_below(kind), get_type_hints(kind)
    names = [field.name for field in attrs.fields(kind)]
    return [f"- `{name}`: {shape(shapes[name])}. {linked(notes.get(name, ''))}".rstrip() for name in names]


def shape(kind: Any, ending: str = "") -> str:  # noqa: ANN401 - any type of a field
    """Say in words what a field holds."""
    args = get_args(kind)
    if get_origin(kind) in {Union, UnionType}:
        return " or ".join(map(shape, args))
    if get_origin(kind) is not tuple:
        return value_link(kind, ending) if kind in VALUES else (SIMPLE.get(kind) or worded(kind.__name__)) + ending
    return f"list of {shape(args[0], 's')}" if args[-1] is Ellipsis else f"pairs `[{', '.join(map(shape, args))}]`"


def value_link(kind: type, ending: str) -> str:
    """Return a link to the description of a value, in the singular or with the ending of the plural."""
    name = VALUES[kind]
    text = f"{name.removesuffix('y')}ies" if ending and name.endswith("y") else name + ending
    return f"[{text}](#a-{name.replace(' ', '-')})"


def readable(data: bytes) -> str:
    """Return a frame as it is sent, with line breaks between its fields where it is long."""
    if len(data) <= ONE_LINE:
        return data.decode()
    fields = (f"  {compact(name)}: {compact(value)}" for name, value in json.loads(data).items())
    return "{\n" + ",\n".join(fields) + "\n}"


def compact(value: object) -> str:
    """Write JSON as the codec does."""
    return codec.plain_dumps(value).decode()


def worded(name: str) -> str:
    """Write the name of a class as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def said(kinds: Iterable[type]) -> str:
    """List frames, as links, in the order in which they are described."""
    names = {kind.__name__ for kind in kinds}
    return ", ".join(link(name) for name in FRAMES if name in names)


def link(name: str) -> str:
    """Return a link to the description of a frame."""
    return f"[`{FRAMES[name]}`](#{FRAMES[name]})"


def linked(text: str) -> str:
    """Make the names of frames in a docstring links (at the beginning of a sentence they are plain words)."""
    return re.sub(rf"(?<=[a-z,:] )({'|'.join(FRAMES)})\b", lambda found: link(found[1]), text)


def sentences(thing: object) -> str:
    """Return a docstring as one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split())


def strings_below(thing: Any) -> dict[str, str]:  # noqa: ANN401 - a class or a module
    """Return the strings that stand below the names in a class or module, which explain them."""
    tree = ast.parse(inspect.getsource(thing))
    body = tree.body if inspect.ismodule(thing) else next(n.body for n in tree.body if isinstance(n, ast.ClassDef))
    return {
        name: " ".join(below.value.value.split())
        for above, below in pairwise(body)
        if isinstance(above, ast.Assign | ast.AnnAssign)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
        for name in [ast.unparse(above.target if isinstance(above, ast.AnnAssign) else above.targets[0])]
    }


# ---- tables -------------------------------------------------------------------------------------------------------

FAULTS: Mapping[type[errors.ChatError], str] = {
    errors.RuleError: "the same again is refused again: tell the user",
    errors.TemporaryError: "send the same again a little later",
    errors.LoggedOut: "log in anew with name and password",
    errors.TokenReused: "forget the token, and log in anew with name and password",
    errors.PeerError: "mend the client",
    errors.Internal: "tell whoever runs the server",
}

_PAGE = f"{limits.MAX_PAGE_BYTES // KIB} KiB"

LIMITS = {
    "a frame from a client": f"{limits.MAX_FRAME // KIB} KiB of UTF-8",
    "a frame from a server": f"{_PAGE} for a page, {limits.MAX_SERVER_FRAME // KIB**2} MiB for anything",
    "a whole number": "within ±2^53",
    "the text of a message": f"{MAX_TEXT:,} code points, not all invisible, no control characters but `\\n` and `\\t`",
    "the text of a last message": f"its first {PREVIEW} code points",
    "a client id": "1 to 64 letters, digits, `-` and `_`",
    "a name": sentences(users.AsciiNames).removeprefix("Names of "),
    "a password": f"{passwords.MIN_PASSWORD} to {passwords.MAX_PASSWORD} code points; compared as an OpaqueString of "
    "RFC 8265; none that many people have, and not the account's name",
    "seqs in a `mark`": f"{limits.MAX_MARKS}",
    "messages of a `page`": f"{limits.MAX_PAGE}, and {_PAGE}",
    "seqs of a `stretch`": f"{limits.MAX_STRETCH:,}",
    "tallies in a `snapshot`": f"{USUAL.newest} beside the general chat's",
    "tallies of a page": f"{limits.MAX_TALLIES}",
    "users of a page": f"{limits.MAX_USERS}",
    "a session's label": f"{MAX_LABEL} code points in one line",
    "sessions of a page": f"{limits.MAX_SESSIONS}",
    "time to log in": f"{limits.ENTRY_TIME:.0f} s after connecting",
    "unanswered `post` and `mark` of a connection": f"{limits.MAX_UNANSWERED}, and "
    f"{limits.MAX_UNANSWERED_BYTES // limits.KIB} KiB; with more the server reads on later",
    f"`post` and `mark` of a user that take more than {LIGHT // limits.KIB} KiB": f"{BURST // limits.KIB} KiB, then "
    f"{RATE // limits.KIB} KiB a second; with more the server reads on later",
    "bad frames of a connection": f"{limits.STRIKES}, before log-in 1; then the server closes it",
    "bytes that wait for a client that does not read": f"{USUAL.max_backlog // KIB} KiB; then the server drops it",
    "grace": f"{USUAL.grace:.0f} s after a connection broke its user becomes inactive",
}

PARTS: Mapping[str, Callable[[], str]] = {
    "states": states_part,
    "client": lambda: frames_part(examples.CLIENT, CODECS[0].encode),
    "server": lambda: frames_part(examples.SERVER, CODECS[1].encode),
    "values": values_part,
    "errors": errors_part,
    "limits": limits_part,
}


if __name__ == "__main__":
    sys.exit(page_parts.main({"protocol.md": PARTS}, sys.argv[1:]))
