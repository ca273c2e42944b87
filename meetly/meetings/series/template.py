"""From what a secretary plans once to the plan of every occurrence, and back; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from meetly import clock, working_days
from meetly.accounts.models import Unit
from meetly.errors import BadInput
from meetly.meetings.audience import Audience
from meetly.meetings.plan import AgendaPlan, MeetingPlan

#: The parts of a plan that a series says; number and time of a letter are each occurrence's own.
_SAID = ("title", "place", "link", "chair_id", "secretary_id", "note", "engine")
#: The fields of a plan behind each of its parts.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",), "time": ("starts_at", "ends_at"), "place": ("place",), "link": ("link",),
    "engine": ("engine",), "chair": ("chair_id",), "secretary": ("secretary_id",),
    "agenda": ("agenda",), "units": ("unit_ids",), "people": ("people_ids",),
    "letter_number": ("letter_number",), "note": ("note",),
}  # fmt: skip
MOST_REPORTS = 20
MOST_DAYS = 60


@dataclass(frozen=True)
class Expected:
    """A paper that each occurrence expects of some units, so many working days before."""

    title: str
    #: number of the point of the agenda it is filed under; 0 is the meeting as a whole
    point: int
    #: who owes it
    audience: Audience
    days_before: int
    #: by this time of that day
    by: time

    def checked(self) -> Expected:
        """Return it without stray blanks; BadInput says what it lacks."""
        title = " ".join(self.title.split())[:300]
        if not title:
            raise BadInput("Báo cáo phải nộp cần có tên.")
        if not 0 <= self.days_before <= MOST_DAYS:
            raise BadInput("Hạn nộp phải trong %(most)s ngày trước cuộc họp.", most=MOST_DAYS)
        if not 0 <= self.point <= 60:
            raise BadInput("Chương trình không có mục này.")
        return replace(self, title=title)

    def due(self, meeting_day: date) -> datetime:
        """Return the moment by which it is due."""
        day = meeting_day
        if self.days_before:
            day = working_days.working_day_before(meeting_day, self.days_before)
        return clock.from_local(datetime.combine(day, self.by))


def kept(plan: MeetingPlan, audience: Audience, reports: Iterable[Expected] = ()) -> dict[str, Any]:
    """Return a plan as the template of a series keeps it."""
    expected = [report.checked() for report in reports]
    if len(expected) > MOST_REPORTS:
        raise BadInput("Chỉ giao được nhiều nhất %(most)s loại báo cáo.", most=MOST_REPORTS)
    return {
        **{name: getattr(plan, name) for name in _SAID},
        "agenda": [
            {"title": item.title, "unit_id": item.unit_id, "duration": item.duration}
            for item in plan.agenda
        ],
        "audience": audience.to_json(),
        "reports": [
            {"title": report.title, "point": report.point, "days_before": report.days_before,
             "by": f"{report.by:%H:%M}", "audience": report.audience.to_json()}
            for report in expected
        ],
    }  # fmt: skip


def planned(
    template: Mapping[str, Any], starts_at: datetime, duration: int, units: Sequence[Unit]
) -> MeetingPlan:
    """Return the plan of one occurrence; groups are those of the units that exist now."""
    audience = Audience.from_json(template["audience"])
    return MeetingPlan(
        **{name: template[name] for name in _SAID},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=duration),
        agenda=tuple(AgendaPlan(**item) for item in template["agenda"]),
        unit_ids=audience.resolve(units),
        people_ids=audience.people_ids,
    )


def expected(template: Mapping[str, Any]) -> list[Expected]:
    """Return the papers a template expects."""
    return [
        Expected(
            title=report["title"], point=report["point"], days_before=report["days_before"],
            by=time.fromisoformat(report["by"]), audience=Audience.from_json(report["audience"]),
        )
        for report in template.get("reports", ())
    ]  # fmt: skip


def applied(meeting: MeetingPlan, series: MeetingPlan, own_parts: Iterable[str]) -> MeetingPlan:
    """Return what an occurrence becomes when its series says something new.

    What was changed on the occurrence alone stays. Points of the agenda keep their number in the
    house where their title or else their place is the same, so that their materials stay.
    """
    own = {*own_parts, "letter_number"}
    fields = {
        name: getattr(series, name)
        for part, names in FIELDS.items()
        for name in names
        if part not in own
    }
    if "agenda" in fields:
        fields["agenda"] = _carried(meeting.agenda, series.agenda)
    return replace(meeting, **fields)


def _carried(old: Sequence[AgendaPlan], new: Sequence[AgendaPlan]) -> tuple[AgendaPlan, ...]:
    by_title = {item.title: item.id for item in reversed(old)}
    used = {by_title[item.title] for item in new if item.title in by_title}
    by_place = {number: item.id for number, item in enumerate(old) if item.id not in used}
    carried, given = [], set[int | None]()
    for number, item in enumerate(new):
        found = by_title.get(item.title, by_place.get(number))
        carried.append(replace(item, id=None if found in given else found))
        given.add(found)
    return tuple(carried)
