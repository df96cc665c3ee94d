"""What an operator does with a database: check it, copy it, put a copy in its place, take everything out of it."""
