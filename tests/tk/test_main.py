"""Starting the program where something is missing for it: each time one line says what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start it on no display."""
    here = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run(
        [sys.executable, "-m", "chatcore_tk"], env=here | environment, capture_output=True, text=True, check=False
    )


def test_without_a_display_one_line_says_so() -> None:
    done = start()

    assert done.returncode == 1
    assert done.stderr.startswith("chatcore-tk: there is no display")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("module", "error", "advice"),
    [
        ("tkinter", "ModuleNotFoundError('no tkinter here', name='_tkinter')", "python3-tk"),
        ("click", "ModuleNotFoundError('no click here', name='click')", "click is missing; install it with: pip"),
    ],
)
def test_what_is_missing_is_told_with_how_to_install_it(tmp_path: Path, module: str, error: str, advice: str) -> None:
    (tmp_path / f"{module}.py").write_text(f"raise {error}")

    done = start(PYTHONPATH=str(tmp_path))

    assert done.returncode == 1
    assert advice in done.stderr
    assert done.stderr.count("\n") == 1


WATCHED = """
import gc, sys
from chatcore_tk.__main__ import main
searched = []
gc.callbacks.append(lambda phase, facts: searched.append(facts["generation"]))
sys.argv[1:] = []
main()
print(len(searched), gc.isenabled())
from chatcore_tk.app import stay_smooth
stay_smooth()
held = [[number] for number in range(1_000_000)]
print(0 in searched, 2 in searched)
"""


def test_no_garbage_is_looked_for_until_there_is_a_window_and_seldom_in_a_long_history() -> None:
    here = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run([sys.executable, "-c", WATCHED], env=here, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["0 False", "True False"]
