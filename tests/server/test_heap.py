"""The server keeps the memory that a batch has freed for the next one."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from chatcore_server import heap

PROGRAM = """
import resource, sys
from chatcore_server.heap import keep_heap

if sys.argv[1] == "kept":
    keep_heap()

def batch():
    return len([bytes(1000) for _ in range(5_000)])

for _ in range(5):
    batch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    batch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Return how many page faults twenty batches of 5 MB cost after the first ones."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="this C library gives nothing back by itself")
def test_batch_after_batch_costs_hardly_a_page_fault() -> None:
    assert faults("kept") * 20 < faults("given back")


@pytest.mark.parametrize("library", [OSError, AttributeError])
def test_where_the_library_is_another_one_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, library: type[Exception]
) -> None:
    def loaded(_name: None) -> object:
        if library is OSError:
            raise library
        return object()

    monkeypatch.setattr(ctypes, "CDLL", loaded)

    heap.keep_heap()
