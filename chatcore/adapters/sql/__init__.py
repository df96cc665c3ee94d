"""What the storages in SQL share: what is decided in memory about a batch, and how what is stored is read."""
