"""Hearings of a chunk: each is kept, one is shown, and any of them can be shown again."""
