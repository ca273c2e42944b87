"""Measurements that can be repeated: quality and speed, one file a question."""
