"""The documentation is the code's: what is made from it is fresh, and what it must name is named."""

import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from chatcore import ChatError, StorageError
from chatcore.errors import LinkError
from chatcore.wire.codec import tag
from chatcore.wire.frames import ClientFrame, ServerFrame

ROOT = Path(__file__).parent.parent
PROTOCOL = ROOT / "docs" / "protocol.md"

SOURCES = ("chatcore", "chatcore_server", "frontends", "tests")
WRITTEN = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "files.md"),
]

pytestmark = pytest.mark.checkout


@pytest.mark.parametrize(
    "script",
    [
        "write_files_page.py",
        "write_protocol_page.py",
        "write_protocol_schema.py",
        "write_asyncapi.py",
        "write_schema.py",
        "write_errors_page.py",
        "write_programs_pages.py",
    ],
)
def test_what_is_made_from_the_code_is_fresh(script: str) -> None:
    check = subprocess.run(
        [sys.executable, ROOT / "scripts" / script, "--check"], capture_output=True, text=True, check=False
    )

    assert check.returncode == 0, check.stderr


def test_every_module_opens_with_a_sentence_about_itself() -> None:
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")

    assert "says nothing of itself" not in page


def test_the_protocol_page_has_an_example_of_every_frame() -> None:
    page = PROTOCOL.read_text(encoding="utf-8")

    for kind in _members(ClientFrame | ServerFrame):
        section = page.partition(f"### `{tag(kind)}`\n")[2].partition("\n#")[0]
        assert "```json" in section, kind


def test_the_protocol_page_names_every_error_that_goes_over_the_wire() -> None:
    page = PROTOCOL.read_text(encoding="utf-8")

    for error in _leaves(ChatError):
        is_sent = not issubclass(error, LinkError | StorageError)
        assert (f"| `{error.code}` |" in page) == is_sent, error


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_name_that_a_page_tells_of_is_there(page: Path) -> None:
    spans = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))

    files = [span for span in spans if re.fullmatch(r"[\w./-]+\.py|[\w-]+(/[\w-]+)*/", span)]
    names = [
        span for span in spans if re.fullmatch(r"chatcore\w*(\.\w+)+", span) and not span.endswith((".toml", ".po"))
    ]

    assert [file for file in files if not _is_there(file)] == []
    assert [name for name in names if not _is_named(name)] == []


def test_the_glossary_has_each_word_once_and_in_order() -> None:
    parts = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split("\n## ")[1:]
    words = [[word.casefold() for word in re.findall(r"^(\S.*)\n: ", part, re.MULTILINE)] for part in parts]

    assert words == [sorted(set(part)) for part in words]
    assert len({word for part in words for word in part}) == sum(map(len, words))


def _is_there(file: str) -> bool:
    """Return whether there is one: from the clone on, or from any folder below: a page names that before."""
    return (ROOT / file).exists() or any(True for root in SOURCES for _ in (ROOT / root).rglob(file.rstrip("/")))


def _is_named(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def _members(union: Any) -> list[type]:  # noqa: ANN401 - a union has no type of its own
    """Return the members of a union, the nested ones too."""
    return [kind for arg in get_args(union) for kind in _members(arg)] or [union]


def _leaves(root: type[ChatError]) -> list[type[ChatError]]:
    return [leaf for child in root.__subclasses__() for leaf in (_leaves(child) or [child])]
