"""A disk so small that it can be filled."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Have a file system of 1 MiB in a folder, or skip the test."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> Path:
    """Write until the disk of a folder is full; give the file that fills it."""
    filler = folder / "filler"
    size = 65_536
    with filler.open("wb", buffering=0) as file:
        while size:
            try:
                os.write(file.fileno(), b"x" * size)
            except OSError:
                size //= 2
    return filler
