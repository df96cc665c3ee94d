"""Checks what type checkers see of the built wheel: every public name has a type, and the examples are strictly right.

Uses mypy and pyright (basedpyright, which brings its own Node). Prints only what is wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PACKAGE = "chatcore"
UNTYPED = ("with_django.py",)
"""Examples with a framework that ships no types."""


def main() -> int:
    """Return 1 where something is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        site, examples = folder / "site", folder / "examples"
        _unpack_wheel(folder, site)
        shutil.copytree(ROOT / "examples", examples, ignore=shutil.ignore_patterns("__pycache__", *UNTYPED))
        wrong = [
            *_incomplete(json.loads(_run(folder, site, _PYRIGHT, "--ignoreexternal", "--verifytypes", PACKAGE))),
            *_strict_pyright(folder, site, examples),
            *_strict_mypy(folder, site, examples),
        ]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


_PYRIGHT = ("basedpyright", "--outputjson", "--pythonpath", sys.executable)


def _unpack_wheel(folder: Path, site: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)


def _run(folder: Path, site: Path, command: tuple[str, ...], *arguments: str, paths: str = "PYTHONPATH") -> str:
    """Run a tool of .venv in a folder that has nothing of the clone; what is in the wheel it finds there first."""
    environment = os.environ | {paths: str(site)}
    line = [str(BIN / command[0]), *command[1:], *arguments]
    return subprocess.run(line, cwd=folder, env=environment, check=False, capture_output=True, text=True).stdout


def _incomplete(report: dict[str, Any]) -> Iterator[str]:
    """Return which public names have no type, or only a part of one."""
    completeness = report["typeCompleteness"]
    if completeness["completenessScore"] == 1:
        return
    for symbol in completeness["symbols"]:
        if symbol["isExported"] and not symbol["isTypeKnown"]:
            yield from (f"{symbol['name']}: {each['message']}" for each in symbol["diagnostics"])
    yield f"the types of {PACKAGE} are not complete: {completeness['completenessScore']:.2%}"


def _strict_pyright(folder: Path, site: Path, examples: Path) -> Iterator[str]:
    # Everybody writes AsyncIterator over a context manager; typeshed has begun to call that deprecated.
    settings = {"include": [examples.name], "typeCheckingMode": "strict", "reportDeprecated": "none"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    report = json.loads(_run(folder, site, _PYRIGHT))
    for each in report["generalDiagnostics"]:
        if each["severity"] == "error":
            line = each["range"]["start"]["line"] + 1
            yield f"{Path(each['file']).relative_to(folder)}:{line}: pyright: {each['message']}"
    if not report["summary"]["filesAnalyzed"]:
        yield "pyright has found no examples"


def _strict_mypy(folder: Path, site: Path, examples: Path) -> Iterator[str]:
    told = _run(
        folder,
        site,
        ("mypy", "--strict", "--follow-imports", "silent"),
        "--cache-dir",
        ".mypy",
        examples.name,
        paths="MYPYPATH",
    )
    if "Success" not in told:
        yield from told.splitlines() or ["mypy has said nothing"]


if __name__ == "__main__":
    sys.exit(main())
