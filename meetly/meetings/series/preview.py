"""What a rule means before it is saved: in words, and the next days it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from meetly import clock
from meetly.errors import BadInput
from meetly.meetings.series.forms import RepeatingForm
from meetly.meetings.series.models import HolidayPolicy
from meetly.meetings.series.occurrences import Occurrence, Pattern
from meetly.meetings.series.telling import rule_said

SHOWN = 6
#: A yearly holiday or a rare day of the month is seen this far.
_FURTHEST = timedelta(days=1100)


@dataclass(frozen=True)
class Preview:
    """A rule in words and its next occurrences."""

    said: str
    occurrences: list[Occurrence]


def of(form: RepeatingForm) -> Preview | None:
    """Return what the form stands for now; None while it repeats nothing or cannot yet."""
    if not form.repeats or form.sketch() is None or form.holidays.data not in list(HolidayPolicy):
        return None
    try:
        rule = form.rule().checked()
    except BadInput:
        return None
    pattern = Pattern(rule, form.day.data, form.starts.data, HolidayPolicy(form.holidays.data))
    first = clock.from_local(datetime.combine(form.day.data, time(0)))
    found = islice(pattern.occurrences(first, first + _FURTHEST), SHOWN)
    return Preview(rule_said(rule), list(found))
