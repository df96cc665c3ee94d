"""What passes through between a link and the disk: made by the thousand, so frozen for the type checker alone.

A frozen class takes two to three times as long to make: it sets each field by a call. What a program that uses the
library can get hold of is frozen all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrs import frozen as value
else:
    from attrs import define

    def value(cls: type | None = None, *, eq: bool = True) -> object:
        """Make a class as `attrs.frozen` does, but for what keeps its fields from being set."""

        def made(cls: type) -> type:
            return define(cls, unsafe_hash=True) if eq else define(cls, eq=False)

        return made if cls is None else made(cls)


__all__ = ["value"]
