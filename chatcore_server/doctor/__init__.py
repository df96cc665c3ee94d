"""What may be wrong with a server, its database and its machine, and what is to be done."""
