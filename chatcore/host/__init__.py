"""A running chat without sockets: connections, dispatch to the use cases, fan-out, bounds."""
