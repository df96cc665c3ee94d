"""What goes over the connection: frames as values, and their strict encoding as JSON."""
