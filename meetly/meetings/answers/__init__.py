"""Answers: what invited units and people say to an invitation, and what the chair says to that."""
