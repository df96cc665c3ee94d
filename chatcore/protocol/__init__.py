"""Both halves of the conversation on one connection, as state machines without I/O."""
