"""What a program takes over from whoever started it, and from its system: streams, signals, folders."""
