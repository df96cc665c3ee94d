"""A storage in one SQLite file: one writing connection, a few reading ones, durable at each commit."""

from .store import SqliteStorage

__all__ = ["SqliteStorage"]
