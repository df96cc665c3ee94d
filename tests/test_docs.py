"""The documentation is the code's: what is made from it is fresh."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.checkout


def test_the_page_of_files_says_what_the_modules_say() -> None:
    check = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write_files_page.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.returncode == 0, check.stderr


def test_every_module_opens_with_a_sentence_about_itself() -> None:
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")

    assert "says nothing of itself" not in page
