"""The use cases: what users can do, as short functions over a Context."""
