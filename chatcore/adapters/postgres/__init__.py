"""A storage in PostgreSQL, which several servers share, each with an object of its own; and a bus that joins them."""

from .bus import PostgresBus
from .store import PostgresStorage

__all__ = ["PostgresBus", "PostgresStorage"]
