"""What `import chatcore` gives, and how little it loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import chatcore

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
