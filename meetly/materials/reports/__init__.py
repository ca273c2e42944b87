"""Reports due: what a unit owes before a meeting, and whether it has come."""
