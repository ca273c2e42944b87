"""What a secretary wants a meeting to be: checked, compared and repeated without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from meetly.errors import BadInput
from meetly.meetings.conference.engines import PLAIN

#: A briefing that lasts longer is a typing mistake.
LONGEST = timedelta(days=7)
LONGEST_NUMBER = 60
#: How long a meeting lasts when nobody says.
USUAL = timedelta(minutes=90)

#: What each part of a plan is called, in the order people read them.
PARTS = {
    "title": _l("Tên cuộc họp"),
    "time": _l("Thời gian"),
    "place": _l("Địa điểm"),
    "link": _l("Đường dẫn vào họp"),
    "engine": _l("Hình thức họp trực tuyến"),
    "chair": _l("Chủ trì"),
    "secretary": _l("Thư ký"),
    "agenda": _l("Chương trình"),
    "units": _l("Thành phần"),
    "people": _l("Mời đích danh"),
    "letter_number": _l("Số giấy mời"),
    "note": _l("Lưu ý"),
}
#: The parts whose change everyone invited is told; who joins or leaves is told that alone.
TOLD = ("title", "time", "place", "link", "engine", "chair", "agenda", "note")


@dataclass(frozen=True)
class AgendaPlan:
    """One point of the agenda; `id` names the point it changes, so that its materials stay."""

    title: str
    unit_id: int | None = None
    duration: int = 0
    id: int | None = None


@dataclass(frozen=True)
class MeetingPlan:
    """Everything a secretary says about a meeting."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    chair_id: int | None = None
    secretary_id: int | None = None
    note: str = ""
    agenda: tuple[AgendaPlan, ...] = ()
    unit_ids: tuple[int, ...] = ()
    #: people invited by name, whatever their unit
    people_ids: tuple[int, ...] = ()
    #: number of the letter of invitation, as the office gave it
    letter_number: str = ""
    #: name of the conference engine
    engine: str = PLAIN

    def checked(self) -> MeetingPlan:
        """Return the plan without stray blanks; BadInput when it cannot be one."""
        if not self.title.strip():
            raise BadInput("Cuộc họp cần có tên.")
        if not self.starts_at < self.ends_at <= self.starts_at + LONGEST:
            raise BadInput("Giờ kết thúc phải sau giờ bắt đầu.")
        agenda = tuple(
            replace(item, title=" ".join(item.title.split())[:300], duration=max(0, item.duration))
            for item in self.agenda
            if item.title.strip()
        )
        return replace(
            self,
            title=" ".join(self.title.split())[:300],
            place=self.place.strip()[:300],
            link=self.link.strip(),
            note=self.note.strip(),
            agenda=agenda,
            unit_ids=tuple(dict.fromkeys(self.unit_ids)),
            people_ids=tuple(dict.fromkeys(self.people_ids)),
            letter_number=" ".join(self.letter_number.split())[:LONGEST_NUMBER],
        )

    def again(self, now: datetime) -> MeetingPlan:
        """Return the same meeting on its next weekday that is still to come."""
        weeks = max(1, (now - self.starts_at) // timedelta(days=7) + 1)
        shift = timedelta(days=7 * weeks)
        agenda = tuple(replace(item, id=None) for item in self.agenda)
        return replace(
            self, starts_at=self.starts_at + shift, ends_at=self.ends_at + shift, agenda=agenda,
            letter_number="",
        )  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One part that reads differently: its name in PARTS and both texts."""

    part: str
    before: str
    after: str
    #: what to say instead of both texts where they are long, a line each
    details: tuple[str, ...] = ()


def changes(
    before: Mapping[str, str], after: Mapping[str, str], parts: Iterable[str] = PARTS
) -> list[Change]:
    """Compare two plans as they read, part by part."""
    return [
        Change(part, before[part], after[part]) for part in parts if before[part] != after[part]
    ]
