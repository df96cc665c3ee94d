"""What all tests share: a plain environment, any order, assertions of the contracts told in full, cheap Hypothesis."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import environment
from tests.small_disk import mounted

settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile(
    "ci", deadline=None, max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "quick")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 1 MiB."""
    with mounted(tmp_path / "small"):
        yield tmp_path / "small"


def pytest_configure(config: pytest.Config) -> None:
    """Leave the caller's environment, before any test is collected and any worker started."""
    home = tempfile.TemporaryDirectory(prefix="chatcore-home-")
    config.add_cleanup(home.cleanup)
    environment.enter(Path(home.name))


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Start three workers for two cores: many tests wait more than they compute, for other programs and for time."""
    return (yield) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a program that is not there; `make test` then says so and fails."""
    for item in items:
        for marker in item.iter_markers("needs"):
            (program,) = marker.args
            if shutil.which(program) is None:
                item.add_marker(pytest.mark.skip(reason=f"needs {program}"))
