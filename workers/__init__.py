"""The door for time: what Meetly does without being asked. `python -m workers` runs all of it.

Each job is one file with `run() -> int`, which does everything that is due now and returns how
much that was; running it again, or twice at once, does nothing more. `timetable` says when;
`transcribe` runs in a process of its own at low priority, so that an hour of speech never delays a
page or a mail.
"""
