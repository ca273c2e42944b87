"""Issuing: approved minutes become numbered documents that never change, and their corrections."""
