"""A storage in PostgreSQL, which several servers share: each has an object of its own."""

from .store import PostgresStorage

__all__ = ["PostgresStorage"]
