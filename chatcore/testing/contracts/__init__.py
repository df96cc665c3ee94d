"""The tests that every storage, bus and transport passes, whoever writes it."""
