"""Random worlds in which everything breaks, and the judges of what is left."""
