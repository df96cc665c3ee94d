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


def run_tests(folder: Path, *options: str) -> str:
    """Run pytest in a folder, as a reader would; give what it said."""
    (folder / "pyproject.toml").write_text(CONFIGURATION, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_the_examples_pass(tmp_path: Path) -> None:
    for name in ("queue_bus.py", "test_queue_bus.py", "test_worlds.py", "test_greeter.py"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text(encoding="utf-8"), encoding="utf-8")

    said = run_tests(tmp_path)

    assert re.search(r"^\d\d passed", said, re.MULTILINE), said


def test_a_bus_that_tells_nobody_fails(tmp_path: Path) -> None:
    for name in ("queue_bus.py", "test_queue_bus.py"):
        code = (EXAMPLES / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(code.replace("queue.put_nowait(hints)", "pass"), encoding="utf-8")
    (tmp_path / "conftest.py").write_text("import chatcore.testing.contracts.bus as c\nc.PATIENCE = 0.05\n")

    said = run_tests(tmp_path)

    assert "14 failed, 1 passed" in said, said


BAD_STORAGE = """
from chatcore.adapters.memory import MemoryStorage
from chatcore.testing.contracts.storage import StorageContract

class Forgetful(MemoryStorage):
    async def users(self, after, limit):
        return (await super().users(after, limit))[:1]

class TestForgetful(StorageContract):
    @pytest.fixture
    def storage(self):
        return Forgetful()
"""

BAD_BUS = """
from chatcore.adapters.local_bus import LocalBus
from chatcore.testing.contracts.bus import BusContract

class Stammering(LocalBus):
    def publish(self, events, publisher):
        super().publish([*events, *events], publisher)

class TestStammering(BusContract):
    @pytest.fixture
    def bus(self):
        return Stammering()
"""

BAD_LINK = """
from chatcore.adapters.memory_link import link_pair
from chatcore.testing.contracts.transport import TransportContract

class TestDumb(TransportContract):
    @pytest.fixture
    def ends(self):
        one, other = link_pair()
        receive = other.receive
        async def dumb():
            await receive()
            return b"moo"
        other.receive = dumb
        return one, other
"""


@pytest.mark.parametrize("bad", [BAD_STORAGE, BAD_BUS, BAD_LINK], ids=["storage", "bus", "link"])
def test_a_contract_that_fails_shows_what_it_compared(bad: str, tmp_path: Path) -> None:
    (tmp_path / "test_bad.py").write_text(f"import pytest\n{bad}", encoding="utf-8")

    said = run_tests(tmp_path, "--exitfirst")

    assert re.search(r"^E +(AssertionError: )?assert .+ == ", said, re.MULTILINE), said
    assert re.search(r"^E +AssertionError$", said, re.MULTILINE) is None, said
