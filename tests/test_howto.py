"""The adapters that the documentation shows pass their contracts, and a bad one does not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

CONFIGURATION = '[tool.pytest]\nasyncio_mode = "auto"\n'

pytestmark = pytest.mark.checkout


def run_tests(folder: Path) -> str:
    """Run pytest in a folder, as a reader would; give what it said."""
    (folder / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_the_examples_pass(tmp_path: Path) -> None:
    for name in ("queue_bus.py", "test_queue_bus.py", "test_worlds.py"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text(encoding="utf-8"), encoding="utf-8")

    said = run_tests(tmp_path)

    assert re.search(r"^\d\d passed", said, re.MULTILINE), said


def test_a_bus_that_tells_nobody_fails(tmp_path: Path) -> None:
    for name in ("queue_bus.py", "test_queue_bus.py"):
        code = (EXAMPLES / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(code.replace("queue.put_nowait(events)", "pass"), encoding="utf-8")
    (tmp_path / "conftest.py").write_text("import chatcore.testing.bus_contract as c\nc.PATIENCE = 0.05\n")

    said = run_tests(tmp_path)

    assert "7 failed, 1 passed" in said, said
