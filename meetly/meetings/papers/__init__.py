"""Papers of meetings: the letter of invitation and the working calendar of a week."""
