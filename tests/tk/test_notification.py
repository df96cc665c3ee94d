"""Notifications by the desktop's own service."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chatcore_tk.notification import Notifications


def test_the_desktop_is_told_as_data_and_not_as_options_or_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > {told}\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    notifications = Notifications()

    notifications.show("--help", "<b>1 & 2</b>" + "x" * 500)
    (process,) = notifications._running
    process.wait(10)

    *_, end, title, words = told.read_text().splitlines()
    assert (end, title) == ("--", "--help")
    assert words.startswith("&lt;b>1 &amp; 2&lt;/b>x")
    assert len(words) < 250
    assert notifications.are_possible


def test_in_a_locale_without_all_letters_the_desktop_is_told_the_others(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor word; do echo "$word"; done > "{told}"\n')
    program.chmod(0o700)
    show = (
        "from chatcore_tk.notification import Notifications as N\n"
        "one = N(); one.show('Zo\\xeb', 'hello \\U0001f680'); one._running[0].wait(10)"
    )
    locale = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    # Python 3.11 itself cannot read in such a locale, for `site`, the name of a folder that has all letters.
    locale["PYTHONPATH"] = os.pathsep.join(sys.path)

    done = subprocess.run(
        [sys.executable, "-S", "-c", show],
        env=os.environ | locale | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert told.read_text().splitlines()[-2:] == ["Zo?", "hello ?"]


def test_where_the_desktop_has_no_such_program_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    notifications = Notifications()

    notifications.show("bob", "hello")

    assert (notifications.are_possible, notifications._running) == (False, [])


def test_glib_s_program_is_asked_where_the_other_one_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "gdbus"
    program.write_text(f'#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done > {told}\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    notifications = Notifications()

    notifications.show('Zoë "x"', "<b>\\ 🚀")
    (process,) = notifications._running
    process.wait(10)

    assert told.read_text().splitlines()[-8:] == [
        '"chatcore"', "0", '""', '"Zoë \\"x\\""', '"&lt;b>\\\\ 🚀"', "[]", "{}", "5000"
    ]  # fmt: skip
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not notifications.are_possible
