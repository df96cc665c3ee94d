"""How many files may be open: as many as the system allows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chatcore.process.limits import UNLIMITED, most_files

PROGRAM = """
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from chatcore.process.limits import allow_many_files, most_files
setrlimit(RLIMIT_NOFILE, (256, 512))
before = most_files()
allow_many_files()
print(before, most_files(), getrlimit(RLIMIT_NOFILE))
"""


def test_it_is_a_number_to_count_with() -> None:
    assert 0 < most_files() <= UNLIMITED


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit")
def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert done.stdout == "256 512 (512, 512)\n"
