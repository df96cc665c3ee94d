"""The chat server, a program on top of chatcore."""
