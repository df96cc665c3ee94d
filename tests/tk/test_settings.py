"""What the window remembers."""

import json
from pathlib import Path

import pytest
from chatcore_tk.settings import BadSettings, Settings, SettingsFile


def test_what_is_not_understood_is_passed_over_and_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"dark": True, "size": "large", "zoom": {"of": "a newer version"}}))
    file = SettingsFile(path)

    loaded = file.load()
    file.save(loaded)

    assert loaded == Settings(dark=True)
    assert json.loads(path.read_text())["zoom"] == {"of": "a newer version"}
    assert file.load() == Settings(dark=True)


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text("{")

    with pytest.raises(BadSettings, match=r"set aside as window\.json\.damaged"):
        SettingsFile(path).load()

    assert SettingsFile(path).load() == Settings()
