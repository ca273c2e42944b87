"""Carried: how the last meeting's directions went, as the next meeting's first paper."""
