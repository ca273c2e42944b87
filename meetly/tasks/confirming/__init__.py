"""Confirming: the proposals of a meeting on one page, beside what was ordered before."""
