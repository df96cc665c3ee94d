"""Whether the system is set to dark."""

import sys
from pathlib import Path

import pytest
from chatcore_tk.system_look import system_is_dark

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks as Linux does")


@pytest.mark.parametrize(
    ("answer", "is_dark"),
    [
        ("echo \"'prefer-dark'\"", True),
        ("echo \"'prefer-light'\"", False),
        ("echo \"'default'\"", None),
        ("exit 1", None),
    ],
)
def test_the_desktop_is_asked(
    answer: str, is_dark: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "gsettings"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert system_is_dark() is is_dark


def test_where_nothing_can_be_asked_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert system_is_dark() is None
