"""Packs: all papers of a meeting at once, for lines that are slow, drop, or are not there."""
