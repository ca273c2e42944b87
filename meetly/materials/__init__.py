"""Materials: the documents handed out for a meeting, their versions, and who has opened which."""
