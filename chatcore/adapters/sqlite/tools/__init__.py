"""What operators do with a database file: copy it, put it back, read it out, look for faults."""
