"""Extending: a unit asks for more time with its reason, a leader of the giver decides."""
