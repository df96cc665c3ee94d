"""Values, rules and facts of a chat: no I/O, no clock, no logging."""
