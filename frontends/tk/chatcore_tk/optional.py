"""Packages without which the window works too, if less beautifully."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def optional(module: str) -> Any:  # noqa: ANN401 - any module, or None
    """Import a module; None where it is missing."""
    try:
        return import_module(module)
    except ImportError:
        return None
