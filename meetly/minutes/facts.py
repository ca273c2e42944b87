"""What the documents say about the meeting itself: known from the calendar, never from speech."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from meetly.paper_parts import Letterhead

_PEOPLE = ("chair", "secretary", "signer")
_TIMES = ("starts", "ends", "recording_starts")
_DATES = ("date", "issued")


@dataclass(frozen=True)
class Person:
    """A person as a document names them; the position may hold KT. or TL. lines, one a line."""

    name: str = ""
    position: str = ""


@dataclass(frozen=True)
class MeetingFacts:
    """Everything in the two documents that is not a block; what is unknown is left blank."""

    title: str
    date: datetime.date
    starts: datetime.time | None = None
    ends: datetime.time | None = None
    place: str = ""
    #: how it was held, as in "trực tuyến, kết nối đến 75 điểm cầu UBND xã, phường"
    form: str = ""
    chair: Person = field(default_factory=Person)
    secretary: Person = field(default_factory=Person)
    #: lines under "Thành phần tham dự"
    attendance: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    #: lines under "Tài liệu", the first sentence included
    materials: tuple[str, ...] = ()
    #: result of votes; empty when there was none
    votes: str = ""
    #: who came, for the notice: "lãnh đạo các sở, ban, ngành và Chủ tịch UBND các xã, phường"
    attendees: str = ""
    #: letterhead: "UBND TỈNH LAM GIANG" over "VĂN PHÒNG"
    parent_agency: str = ""
    agency: str = ""
    #: what follows BB- and TB- in the number
    agency_code: str = "VP"
    #: how the issuing office is called in a sentence
    office: str = "Văn phòng UBND tỉnh"
    locality: str = ""
    #: who signs the notice
    signer: Person = field(default_factory=lambda: Person(position="Chánh Văn phòng"))
    #: lines of "Nơi nhận" before "Lưu: ..."
    recipients: tuple[str, ...] = ()
    #: what is kept where: after "Lưu:" in the minutes and in the notice
    minutes_file: str = "VT, Hồ sơ"
    notice_file: str = "VT, TH"
    #: numbers given by the register; none before issue
    minutes_number: int | None = None
    notice_number: int | None = None
    #: the issued documents these take the place of: "Thông báo số 15/TB-VP ngày 27/11/2026"
    minutes_replaces: str = ""
    notice_replaces: str = ""
    #: day of issue of the notice
    issued: datetime.date | None = None
    #: clock time at second 0 of the recording; without it marks count from the recording's start
    recording_starts: datetime.time | None = None
    #: a draft says so and lists the questions to the chair
    draft: bool = True

    @property
    def head(self) -> Letterhead:
        """The letterhead of both documents."""
        return Letterhead(self.parent_agency, self.agency, self.draft)


def facts_from_json(kept: Mapping[str, Any]) -> MeetingFacts:
    """Return the facts that `canonical_facts` wrote; names it does not know are left out.

    Facts frozen before a field was added take its default.
    """
    known = {each.name for each in fields(MeetingFacts)}
    return MeetingFacts(**{name: _read(name, kept[name]) for name in known & kept.keys()})


def _read(name: str, value: Any) -> Any:
    if name in _PEOPLE:
        return Person(**value)
    if name in _TIMES:
        return datetime.time.fromisoformat(value) if value else None
    if name in _DATES:
        return datetime.date.fromisoformat(value) if value else None
    return tuple(value) if isinstance(value, list) else value


def canonical_facts(facts: MeetingFacts) -> bytes:
    """Return the one sequence of bytes that stands for these facts."""
    return json.dumps(
        asdict(facts),
        sort_keys=True,
        separators=(",", ":"),
        default=lambda value: value.isoformat(),
    ).encode("ascii")
