"""Chat for people and programs: the library."""
