"""Accounts: the tree of units, the people in them, their roles, and how they sign in."""
