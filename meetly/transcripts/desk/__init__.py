"""The desk at which a transcript is put right by hand: many words at once, voices, the agenda."""
