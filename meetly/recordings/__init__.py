"""Recordings: the sound of a meeting, received in resumable pieces, and who spoke when."""
