"""What `import chatcore` gives, and how little it loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import chatcore
from chatcore import errors

NEEDED = {"chatcore", "attr", "attrs", "cattrs", "typing_extensions"}

HEAVY = {
    "asyncio",
    "websockets",
    "orjson",
    "aiosqlite",
    "argon2",
    "click",
    "prompt_toolkit",
    "sqlite3",
    "ssl",
    "socket",
}


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a new interpreter has loaded after a statement, beyond an empty one's."""
    code = "import sys; before = set(sys.modules); {}; print(*(set(sys.modules) - before))"
    run = subprocess.run(
        [sys.executable, "-c", code.format(statement)], capture_output=True, text=True, check=True, timeout=30
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_importing_chatcore_loads_attrs_and_the_standard_library_without_asyncio() -> None:
    loaded = modules_after("import chatcore")

    assert loaded - set(sys.stdlib_module_names) <= NEEDED
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("name", ["chatcore.domain.roster", "chatcore.wire.codec", "chatcore.protocol.client"])
def test_the_pure_parts_load_no_event_loop(name: str) -> None:
    loaded = modules_after(f"import {name}")

    assert "asyncio" not in loaded
    assert loaded - set(sys.stdlib_module_names) <= NEEDED | {"orjson"}


@pytest.mark.parametrize("name", ["connect", "ChatClient"])
def test_what_needs_an_event_loop_is_loaded_on_first_use(name: str) -> None:
    assert "asyncio" in modules_after(f"import chatcore; chatcore.{name}")


def test_every_public_name_is_there() -> None:
    assert all(hasattr(chatcore, name) for name in chatcore.__all__)
    assert len(set(chatcore.__all__)) == len(chatcore.__all__)


def test_a_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}

    exec("from chatcore import *", names)  # noqa: S102 - the statement is the thing under test

    assert set(chatcore.__all__) <= set(names)


def test_public_names_are_in_order() -> None:
    def place(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[0].isupper() else 2), name

    assert chatcore.__all__ == sorted(chatcore.__all__, key=place)


def test_the_names_that_the_documentation_uses_are_public() -> None:
    assert {"connect", "GENERAL", "Observer", "ChatError", "ChatClient", "Unreachable", "Closed"} <= set(
        chatcore.__all__
    )


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'chatcore' has no attribute 'disconnect'"):
        _ = chatcore.disconnect


def test_without_its_extra_connect_says_what_to_install() -> None:
    code = "import sys; sys.modules['websockets'] = None; from chatcore import connect"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)

    assert run.stderr.splitlines()[-1] == (
        "ImportError: chatcore.connect needs websockets: pip install 'chatcore[client]'"
    )


PROGRAMS = Path(__file__).parent.parent


def _taken_from_within(path: Path) -> list[str]:
    """Return which public names a file does not take from `chatcore`, but from where they are made."""
    imports = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    return [
        f"{path.relative_to(PROGRAMS)}:{node.lineno}: {name.name} from {node.module}"
        for node in imports
        if node.level == 0 and node.module is not None and node.module.startswith("chatcore.")
        for name in node.names
        if name.name in chatcore.__all__
        and getattr(import_module(node.module), name.name) is getattr(chatcore, name.name)
    ]


@pytest.mark.checkout
@pytest.mark.parametrize("folder", ["frontends", "chatcore_server", "examples"])
def test_programs_take_public_names_from_chatcore(folder: str) -> None:
    files = sorted((PROGRAMS / folder).rglob("*.py"))

    assert files
    assert [line for path in files for line in _taken_from_within(path)] == []


def test_a_public_name_that_is_taken_from_within_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PROGRAMS", tmp_path)
    program = tmp_path / "program.py"
    program.write_text("from chatcore.domain.users import User\nfrom chatcore.wire.frames import LoggedOut\n")

    assert _taken_from_within(program) == ["program.py:1: User from chatcore.domain.users"]


def test_the_bases_of_errors_are_public() -> None:
    bases = {
        parent.__name__ for name in chatcore.__all__ if _is_error(name) for parent in getattr(chatcore, name).mro()
    }

    assert bases - {"Exception", "BaseException", "object"} <= set(chatcore.__all__)


def _is_error(name: str) -> bool:
    public = getattr(chatcore, name)
    return isinstance(public, type) and issubclass(public, chatcore.ChatError)


@pytest.mark.checkout
def test_every_public_name_has_its_place_in_the_reference() -> None:
    page = (Path(__file__).parent.parent / "docs" / "reference.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\.\. auto\w+:: chatcore\.(\w+)$", page, re.MULTILINE)) | set(dir(errors))

    assert set(chatcore.__all__) - told == set()
