"""What operators do with a PostgreSQL database: read it out, look for faults, move it, begin a new epoch."""
