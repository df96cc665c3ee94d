"""A user without a home, as in a container or a service: told in a sentence, and only where a home is needed."""

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from chatcore.process import folders
from chatcore.process.folders import NoHome, config_folder, data_folder, state_folder

NOBODY = """
import os, pwd, runpy, sys
def nobody(number):
    raise KeyError(number)
pwd.getpwuid = nobody
module = sys.argv.pop(1)
sys.argv[0] = module
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def homeless(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program as a user of whom no entry tells the home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "HOME"))}
    return subprocess.run(
        [sys.executable, "-c", NOBODY, *arguments],
        input=given,
        capture_output=True,
        env=environment,
        text=True,
        timeout=50,
        check=False,
    )


def test_a_folder_is_where_the_user_says_even_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))

    assert [data_folder(), config_folder(), state_folder()] == [
        tmp_path / "XDG_DATA_HOME" / "chatcore",
        tmp_path / "XDG_CONFIG_HOME" / "chatcore",
        tmp_path / "XDG_STATE_HOME" / "chatcore",
    ]


@pytest.mark.parametrize("found", [Path("~/.local/share/chatcore"), None])
def test_a_home_that_nobody_knows_is_no_folder_called_tilde(
    found: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(_name: str) -> Path:
        if found is None:
            raise RuntimeError  # so newer versions of the library say it
        return found

    monkeypatch.setattr(platformdirs, "user_data_path", find)

    with pytest.raises(NoHome, match="this user has no home directory: set HOME or XDG_DATA_HOME"):
        folders.data_folder()


def test_a_server_without_a_home_wants_the_database_named() -> None:
    ended = homeless("chatcore_server")

    assert (ended.returncode, ended.stderr) == (
        2,
        "chatcore-server: this user has no home directory: set HOME or XDG_DATA_HOME, or name the database with --db\n",
    )


def test_a_server_whose_database_is_named_needs_no_home(tmp_path: Path) -> None:
    (tmp_path / "chat.db").write_bytes(b"rubbish" * 1000)

    for arguments in (("chatcore_server", "--port", "0"), ("chatcore_server", "fsck")):
        ended = homeless(*arguments, "--db", str(tmp_path / "chat.db"))

        assert ended.returncode == 1
        assert ended.stderr.endswith("it is not a database\n")


def test_a_script_without_a_home_remembers_nobody_and_needs_no_one_remembered() -> None:
    unnamed = homeless("chatcore_cli", "list")
    named = homeless("chatcore_cli", "list", "--user", "bob", "--server", "ws://127.0.0.1:1", given="a password\n")

    assert (unnamed.returncode, unnamed.stderr) == (
        2,
        "chatcore: whose password? Give --user NAME, or log in once with the full screen\n",
    )
    assert named.returncode == 1
    assert named.stderr.startswith("chatcore: Cannot reach 127.0.0.1:1: connection refused")


@pytest.mark.checkout
def test_a_window_without_a_home_says_so_in_one_line() -> None:
    pytest.importorskip("tkinter", exc_type=ImportError)

    ended = homeless("chatcore_tk")

    assert (ended.returncode, ended.stderr) == (
        1,
        "chatcore-tk: this user has no home directory: set HOME or XDG_CONFIG_HOME\n",
    )


def test_sockets_are_in_the_folder_that_the_system_has_for_them_or_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(folders, "_user", lambda: "nobody")
    runtime = tmp_path / "run"
    at_home = tmp_path / "state" / "chatcore" / "run"

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert folders.runtime_folder() == at_home  # it is not there
    runtime.mkdir()
    assert folders.runtime_folder() == runtime / "chatcore"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert folders.runtime_folder() == at_home
