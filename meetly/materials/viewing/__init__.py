"""Viewing: the pages of a paper as pictures, the name they carry, and what changed since."""
