"""`chatcore-server config`: the settings as they hold, and where each was said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatcore_server.cli import main
from chatcore_server.config import choose, load, settings
from chatcore_server.shown import shown
from tests.server.test_config import COMPANIONS, VALUES


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in settings():
        monkeypatch.delenv(setting.variable, raising=False)


@pytest.mark.parametrize("name", VALUES)
def test_what_is_written_is_a_file_with_the_same_settings(name: str, tmp_path: Path) -> None:
    chosen = choose({**COMPANIONS.get(name, {}), name: VALUES[name][0]}, {})
    file = tmp_path / "written.toml"

    file.write_text("\n".join(shown(chosen)))

    assert load({}, {}, file) == chosen.config


def test_in_another_encoding_it_is_a_file_with_the_same_settings_too(tmp_path: Path) -> None:
    file = tmp_path / "written.toml"

    done = subprocess.run(
        [sys.executable, "-m", "chatcore_server", "config", "--db", str(tmp_path / "rozmów 🎉.db")],
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    file.write_bytes(done.stdout)

    assert load({}, {}, file).db == tmp_path / "rozmów 🎉.db"


def test_each_setting_has_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "chatcore.toml"
    file.write_text('db = "/srv/chat.db"\norigin = ["https://a.example"]\ngrace = 3\n')
    monkeypatch.setenv("CHATCORE_GRACE", "2.5")

    status = main(["config", "--config", str(file), "--port", "7000"])

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if not line.startswith("# ")}
    said = {
        name: " ".join(lines[name].split()) for name in ("port", "grace", "origin", "db", "host", "allow_plaintext")
    }
    assert status == 0
    assert said == {
        "port": "port = 7000 # --port",
        "grace": "grace = 2.5 # CHATCORE_GRACE",
        "origin": f'origin = ["https://a.example"] # origin in {file}',
        "db": f'db = "/srv/chat.db" # db in {file}',
        "host": 'host = "127.0.0.1" # default',
        "allow_plaintext": "allow_plaintext = false # default",
    }


def test_what_is_not_set_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0

    assert "# tls_cert is not set" in capsys.readouterr().out


def test_settings_that_cannot_hold_are_refused_as_by_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--host", "0.0.0.0"]) == 2
    assert main(["config", "--db", "postgresql://chat:secret@db/chat"]) == 2

    ended = capsys.readouterr()
    assert "other machines can reach 0.0.0.0" in ended.err
    assert "secret" not in ended.out + ended.err
