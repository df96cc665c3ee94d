"""Makes the library out of shim.c, and says how a server is started with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "shim.c"
LIBRARY = HERE.parent / "build" / "prove" / "shim.so"


def library() -> Path:
    """Return the compiled shim; compile it where it is older than its source."""
    if not LIBRARY.exists() or LIBRARY.stat().st_mtime < SOURCE.stat().st_mtime:
        LIBRARY.parent.mkdir(parents=True, exist_ok=True)
        fresh = LIBRARY.with_suffix(f".{os.getpid()}")
        flags = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter")
        subprocess.run(["gcc", *flags, "-o", fresh, SOURCE, "-ldl"], check=True)
        fresh.replace(LIBRARY)
    return LIBRARY


def preloading(shim: Path) -> dict[str, str]:
    """Return the environment in which a program is started with the shim: in LD_PRELOAD a path may have no space."""
    folders = filter(None, (str(shim.parent), os.environ.get("LD_LIBRARY_PATH")))
    return {"LD_PRELOAD": shim.name, "LD_LIBRARY_PATH": ":".join(folders)}


def recording(db: Path, trace: Path) -> dict[str, str]:
    """Return the environment in which a server writes down what it does to its database."""
    return preloading(library()) | {"PROVE_DB": str(db), "PROVE_TRACE": str(trace)}


def dying(db: Path, event: str, at: int) -> dict[str, str]:
    """Return the environment in which a server kills itself at the n-th of these events."""
    return preloading(library()) | {"PROVE_DB": str(db), "PROVE_KILL": event, "PROVE_AT": str(at)}


def failing(db: Path, file: str, at: int) -> Mapping[str, str]:
    """Return the environment in which the n-th sync of a file (wal, db) is an I/O error, and all after it."""
    return preloading(library()) | {"PROVE_DB": str(db), "PROVE_FAIL": f"sync:{file}", "PROVE_AT": str(at)}
