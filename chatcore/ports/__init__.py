"""What the core asks of the world: storage, bus, transport, clock, ids, authentication."""
