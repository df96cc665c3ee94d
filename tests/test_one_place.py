"""What kind a conversation is, is asked in one module: elsewhere code asks for what a kind has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PACKAGES = ("chatcore", "chatcore_server", "frontends")

THE_PLACE = "chatcore/domain/conversations.py"

EXCEPTIONS = {
    "chatcore/adapters/sql/kinds.py": "makes of the kinds what SQL can ask: an index of the schema names the chat",
    "chatcore/testing/contracts/storage_posts.py": "compares answers with what it has written, as tests do",
}
"""Who else may know, and why."""

TAKING_APART = {"split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix"}


def asking(source: str) -> Iterator[str]:
    """Tell where a module finds out by itself what kind a conversation is, or who belongs to it."""
    tree = ast.parse(source)
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings among them
    for node in ast.walk(tree):
        if _compares(node):
            yield f"{getattr(node, 'lineno', 0)}: compares with the general chat"
        elif _takes_apart(node):
            yield f"{getattr(node, 'lineno', 0)}: takes an id apart"
        elif node not in words and _asks_in_sql(node):
            yield f"{getattr(node, 'lineno', 0)}: asks in SQL"
        elif isinstance(node, ast.ImportFrom) and "KINDS" in {name.name for name in node.names}:
            yield f"{node.lineno}: goes through the kinds"


def _compares(node: ast.AST) -> bool:
    match node:
        case ast.Compare(left=left, comparators=others):
            return any(map(_is_general, (left, *others)))
        case ast.MatchValue(value=value):
            return _is_general(value)
        case _:
            return False


def _takes_apart(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=name)):
            return name in TAKING_APART and _is_id(value)
        case ast.Subscript(value=value, slice=ast.Slice(lower=None)):
            return False  # cut for showing it
        case ast.Subscript(value=value):
            return _is_id(value)
        case ast.Compare(ops=ops, comparators=others):
            looks_within = [isinstance(op, ast.In | ast.NotIn) for op in ops]
            return any(within and _is_id(it) for within, it in zip(looks_within, others, strict=True))
        case _:
            return False


def _asks_in_sql(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return "'general'" in text or "substr(conversation" in text
        case _:
            return False


def _is_general(node: ast.AST) -> bool:
    """Return whether an expression is the general chat, or several things of which one is it."""
    match node:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(map(_is_general, parts))
        case ast.Name(id="GENERAL") | ast.Attribute(attr="GENERAL") | ast.Constant(value="general" | "d."):
            return True
        case _:
            return False


def _is_id(node: ast.AST) -> bool:
    """Return whether an expression is called as ids of conversations are."""
    match node:
        case ast.Name(id="conversation") | ast.Attribute(attr="conversation"):
            return True
        case _:
            return False


@pytest.mark.parametrize(
    "code",
    [
        "row.conversation == GENERAL",
        "chatcore.GENERAL != item.conversation",
        "conversation in {GENERAL, other}",
        "name in ('general', 'everybody')",
        "match conversation:\n    case chatcore.GENERAL:\n        pass",
        "conversation.startswith('d.')",
        "_, low, high = tally.conversation.split('.')",
        "low = conversation[2:18]",
        "user in message.conversation",
        "query = \"select 1 from message where conversation <> 'general'\"",
        "query = f'select substr(conversation, 3, 16) from {table}'",
        "from chatcore.domain.conversations import KINDS",
        "from ...domain.conversations import GENERAL, KINDS",
    ],
)
def test_who_asks_by_itself_is_found(code: str) -> None:
    assert len(list(asking(code))) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "await client.post(GENERAL, 'hello')",
        "Conversation.of(row.conversation).kind.counts_readers",
        "short = conversation[:40]",
        "conversation in held",
        "await send(GENERAL) == answer",
        '"""Say `general`, with which conversation = \'general\' is meant."""',
        "direct(me, user)",
    ],
)
def test_who_names_a_conversation_or_asks_for_a_property_is_not(code: str) -> None:
    assert list(asking(code)) == []


@pytest.mark.checkout
@pytest.mark.parametrize("package", PACKAGES)
def test_the_kind_of_a_conversation_is_asked_in_one_module(package: str) -> None:
    paths = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / package).rglob("*.py")}
    asked = {name: list(asking(path.read_text(encoding="utf-8"))) for name, path in paths.items()}

    assert paths
    assert {name: found for name, found in asked.items() if found and name not in {THE_PLACE, *EXCEPTIONS}} == {}


@pytest.mark.checkout
@pytest.mark.parametrize("name", [THE_PLACE, *EXCEPTIONS])
def test_whoever_may_ask_asks(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")

    assert list(asking(source)) or "KINDS = (" in source
