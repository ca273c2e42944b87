"""Series: what recurs by a rule, and the template its occurrences are written from."""
