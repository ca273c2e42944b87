"""Transcripts: what was said, when and by whom; the chunk row is the job of the speech worker."""
