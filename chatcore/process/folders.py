"""Where a program keeps its files while nobody says otherwise: folders of the user's home."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

_NAME = "chatcore"


class NoHome(Exception):
    """It is not known where the user's home is; the message says what to do."""


def data_folder() -> Path:
    """Return the folder for what would be missed. Raises NoHome."""
    return _at_home(platformdirs.user_data_path, "XDG_DATA_HOME")


def config_folder() -> Path:
    """Return the folder for what the user has chosen. Raises NoHome."""
    return _at_home(platformdirs.user_config_path, "XDG_CONFIG_HOME")


def state_folder() -> Path:
    """Return the folder for what goes on from one start to the next. Raises NoHome."""
    return _at_home(platformdirs.user_state_path, "XDG_STATE_HOME")


def runtime_folder() -> Path:
    """Return the folder for what is there while its programs run, such as sockets: this user's alone. Raises NoHome.

    The same with and without a desktop's environment; where the system has none, one at home, and never one in /tmp.
    """
    named = os.environ.get("XDG_RUNTIME_DIR", "")
    usual = Path(named) if Path(named).is_absolute() else Path(f"/run/user/{_user()}")
    return usual / _NAME if os.access(usual, os.W_OK) else state_folder() / "run"


def _user() -> int:
    if sys.platform == "win32":
        return -1
    return os.geteuid()


def _at_home(find: Callable[[str], Path], variable: str) -> Path:
    try:
        folder = find(_NAME)
    except RuntimeError:
        folder = Path("~")
    if not folder.is_absolute():  # nobody wants a folder called ~
        raise NoHome(f"this user has no home directory: set HOME or {variable}")
    return folder
