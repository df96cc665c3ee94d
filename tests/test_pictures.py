"""The pictures of the clients can be taken anew."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("tmux")]

ROOT = Path(__file__).parent.parent
PICTURES = {"terminal-dark.png", "terminal-light.png", "window-dark.png", "window-light.png"}


def test_each_picture_is_taken_and_the_pages_show_no_other(tmp_path: Path) -> None:
    images = pytest.importorskip("PIL.Image")
    pytest.importorskip("_tkinter")

    subprocess.run([sys.executable, ROOT / "scripts" / "write_pictures.py", tmp_path], check=True, timeout=240)

    assert {file.name for file in tmp_path.iterdir()} == PICTURES
    assert {
        file.name for file in (ROOT / "docs" / "images").iterdir() if not file.name.startswith("growth")
    } == PICTURES
    for file in tmp_path.iterdir():
        with images.open(file) as picture:
            light = picture.convert("L").resize((1, 1)).getpixel((0, 0))
        assert (light < 128) == file.name.endswith("-dark.png")
