"""The terminal client, a program on top of chatcore."""
