"""The worked examples of the documentation, run as their readers would run them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parent.parent / "docs" / "howto"

CONFIGURATION = '[tool.pytest]\nasyncio_mode = "auto"\n'

BLOCK = re.compile(r"```python\n# (\w+\.py)\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.checkout


def run_tests(folder: Path) -> str:
    """Run pytest in a folder; give what it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_the_adapters_of_the_page_pass_the_contracts(tmp_path: Path) -> None:
    page = (PAGES / "write-an-adapter.md").read_text(encoding="utf-8")
    for name, code in BLOCK.findall(page):
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")

    said = run_tests(tmp_path)

    assert re.search(r"^\d\d+ passed", said, re.MULTILINE), said


def test_a_bus_that_tells_nobody_fails(tmp_path: Path) -> None:
    page = (PAGES / "write-an-adapter.md").read_text(encoding="utf-8")
    for name, code in BLOCK.findall(page)[:2]:
        (tmp_path / name).write_text(code.replace("queue.put_nowait(events)", "pass"), encoding="utf-8")
    (tmp_path / "conftest.py").write_text("import chatcore.testing.bus_contract as c\nc.PATIENCE = 0.05\n")
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")

    said = run_tests(tmp_path)

    assert "7 failed" in said, said
