"""Packages that may be missing."""

import json
import sys
from pathlib import Path

import pytest
from chatcore_tk.optional import optional


def test_a_module_that_is_there_is_given_and_one_that_is_missing_is_none() -> None:
    assert optional("json") is json
    assert optional("no_such_package_anywhere") is None


@pytest.mark.parametrize(
    "statement", ["import no_such_package_anywhere", "raise ImportError('built for another Python')"]
)
def test_a_package_that_cannot_be_imported_counts_as_missing(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_a_package.py").write_text(statement)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "half_a_package", raising=False)

    assert optional("half_a_package") is None


def test_a_mistake_in_a_package_is_not_taken_for_its_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_broken_package.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ZeroDivisionError):
        optional("a_broken_package")
