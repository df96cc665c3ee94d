"""What the window remembers."""

import json
from pathlib import Path

import attrs
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


def test_a_setting_that_a_newer_version_writes_otherwise_is_there_again_for_it(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    of_newer = {"geometry": {"width": 800}, "opened": [["ann", "general"]], "size": "large", "dark": True}
    path.write_text(json.dumps(of_newer))
    file = SettingsFile(path)

    file.save(attrs.evolve(file.load(), size=14, dark=False))

    written = json.loads(path.read_text())
    assert {name: written[name] for name in of_newer} == of_newer | {"size": 14, "dark": False}


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text("{")

    with pytest.raises(BadSettings, match=r"set aside as window\.json\.damaged"):
        SettingsFile(path).load()

    assert SettingsFile(path).load() == Settings()
