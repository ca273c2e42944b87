"""Notices: what a person is told, in the bell and by mail; the only room that sends anything."""
