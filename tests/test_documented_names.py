"""Every public name has a docstring, a place in the reference, and an example that is run."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import chatcore
import chatcore.asgi
import chatcore.blocking
import chatcore.ports
import chatcore.testing
import chatcore_server

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

MODULES = (chatcore, chatcore.asgi, chatcore.blocking, chatcore.testing, chatcore_server)
PORTS = tuple(
    pkgutil.resolve_name(found.name) for found in pkgutil.iter_modules(chatcore.ports.__path__, "chatcore.ports.")
)
IN_FULL = (
    chatcore.Chat,
    chatcore.ChatClient,
    chatcore.MessageStream,
    chatcore.Observer,
    chatcore.Sessions,
    chatcore.Users,
    chatcore.blocking.ChatClient,
    chatcore.testing.ChatWorld,
    chatcore.testing.VirtualClock,
)
"""The classes each of whose members has an example, too."""

FOR_LISTENERS = {"admit", "dial", "drain", "failure"}
"""What `chatcore_server` and `chatcore.asgi` ask of a chat, and no other program so far."""


@cache
def reference() -> str:
    return (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def public(module: ModuleType) -> Iterator[tuple[str, object]]:
    for name in module.__all__:
        yield f"{module.__name__}.{name}", getattr(module, name)


def own(module: ModuleType) -> Iterator[tuple[str, type]]:
    """Return the classes that a port's module makes."""
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_"):
            yield f"{module.__name__}.{name}", value


def members(kind: type) -> Iterator[tuple[str, object]]:
    for name in vars(kind):
        if not name.startswith("_"):
            yield name, inspect.getattr_static(kind, name)


NAMES = [
    *(pair for module in MODULES for pair in public(module)),
    *(pair for module in PORTS for pair in own(module)),
]
CLASSES = list({value: name for name, value in NAMES if isinstance(value, type)}.items())


# ---- docstrings


def test_every_public_name_says_what_it_is() -> None:
    documented = (type, type(test_every_public_name_says_what_it_is))

    assert [name for name, value in NAMES if isinstance(value, documented) and not inspect.getdoc(value)] == []


def test_every_method_of_a_public_class_says_what_it_does() -> None:
    told = (property, staticmethod, classmethod, type(public))
    silent = [
        f"{name}.{member}"
        for kind, name in CLASSES
        for member, value in members(kind)
        if isinstance(value, told) and not member.startswith("test_") and not inspect.getdoc(getattr(kind, member))
    ]

    assert silent == []


# ---- the reference


def described(page: str) -> tuple[set[str], set[str]]:
    """Return the names with an entry of their own, and those whose members have entries, too."""
    entries = re.findall(r"^\.\. auto(\w+):: ([\w.]+)\n((?:   .*\n)*)", page, re.MULTILINE)
    whole = {name for _, name, options in entries if re.search(r":members:$", options, re.MULTILINE)}
    modules = {name for kind, name, _ in entries if kind == "module"}
    inside = {f"{name}.{member}" for name in modules for member in vars(pkgutil.resolve_name(name))}
    return {name for _, name, _ in entries} | inside, whole | inside


def test_every_public_name_has_an_entry_in_the_reference() -> None:
    entries, _ = described(reference())
    homes = {id(pkgutil.resolve_name(entry)) for entry in entries}

    assert [name for name, value in NAMES if name not in entries and id(value) not in homes] == []


@pytest.mark.parametrize("kind", IN_FULL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_the_reference_has_every_member(kind: type) -> None:
    _, whole = described(reference())

    assert [entry for entry in whole if pkgutil.resolve_name(entry) is kind] != []


def test_an_entry_without_its_members_does_not_count_for_them() -> None:
    page = ".. autoclass:: chatcore.Chat\n.. autoclass:: chatcore.Row\n   :members:\n"

    assert described(page) == ({"chatcore.Chat", "chatcore.Row"}, {"chatcore.Row"})


# ---- examples


def programs() -> Iterator[str]:
    """Return what is run: the examples, and the blocks of the pages (tests/test_examples.py)."""
    for path in sorted((ROOT / "examples").glob("*.py")):
        yield path.read_text(encoding="utf-8")
    for page in PAGES:
        yield from re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def used(program: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):  # a method that is overridden
                yield name
            case _:
                pass


@cache
def used_names() -> frozenset[str]:
    return frozenset(name for program in programs() for name in used(program))


def test_every_public_name_is_used_in_an_example() -> None:
    names = {name.rpartition(".")[2] for module in MODULES for name, _ in public(module)}

    assert sorted(names - used_names()) == []


@pytest.mark.parametrize("kind", IN_FULL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_member_is_used_in_an_example(kind: type) -> None:
    assert {name for name, _ in members(kind)} - used_names() - FOR_LISTENERS == set()


# ---- annotations


def parts(hint: object) -> Iterator[object]:
    yield hint
    for arg in hint if isinstance(hint, list) else typing.get_args(hint):
        yield from parts(arg)


def hinted(kind: type) -> Iterator[tuple[str, object]]:
    """Return each type that the annotations of a class's methods and properties name."""
    for name, value in members(kind):
        function = value.fget if isinstance(value, property) else inspect.unwrap(getattr(value, "__func__", value))  # type: ignore[arg-type]
        if inspect.isfunction(function):
            yield from ((f"{kind.__name__}.{name}", part) for part in hints_of(function))


def hints_of(function: object) -> Iterator[object]:
    for hint in typing.get_type_hints(inspect.unwrap(function)).values():  # type: ignore[arg-type] # a function
        yield from parts(hint)


def test_whatever_stands_in_an_annotation_can_be_imported_from_a_public_module() -> None:
    there = {id(value) for _, value in NAMES}
    hidden = {
        f"{part.__module__}.{part.__name__} in {where}"
        for where, part in [
            *(pair for kind, name in CLASSES if name.count(".") == 1 for pair in hinted(kind)),
            *((name, part) for name, value in NAMES if inspect.isfunction(value) for part in hints_of(value)),
        ]
        if isinstance(part, type) and part.__module__.startswith("chatcore") and id(part) not in there
    }

    assert sorted(hidden) == []
