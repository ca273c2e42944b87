"""Directions: who shall do what by when, found in what the chair said and confirmed by a leader."""
