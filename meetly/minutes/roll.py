"""The roll-call in the words of the minutes: who was there, who stood in, who was missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from meetly.accounts.models import LOCALITIES, UnitKind
from meetly.meetings.models import AttendanceStatus

_LOCALITY_NAMES = {
    UnitKind.COMMUNE: "xã", UnitKind.WARD: "phường", UnitKind.SPECIAL_ZONE: "đặc khu",
}  # fmt: skip
#: Beyond this many names a list says less than its count.
_MOST_NAMES = 12


@dataclass(frozen=True)
class Seat:
    """One invited unit and how it took part; no status when nobody called the roll.

    `away` is in minutes.
    """

    unit: str
    kind: UnitKind
    status: AttendanceStatus | None = None
    person: str = ""
    note: str = ""
    #: what the conference engine saw: when a late one entered, how often and long it was away
    entered: time | None = None
    gaps: int = 0
    away: int = 0


def attendance(seats: Sequence[Seat]) -> tuple[str, ...]:
    """Return the lines under "Thành phần tham dự"."""
    lines = [
        *_count("Cơ quan, đơn vị", "đơn vị", [s for s in seats if s.kind not in LOCALITIES]),
        *_count("Điểm cầu cấp xã", "điểm cầu", [s for s in seats if s.kind in LOCALITIES]),
    ]
    substitutes = [s for s in seats if s.status == AttendanceStatus.SUBSTITUTE]
    lines += [f"Dự thay: {s.person or 'người được cử'} ({s.unit})" for s in substitutes]
    late = [_late(s) for s in seats if s.status == AttendanceStatus.LATE]
    if late:
        lines.append(f"Vào muộn: {_names(late)}")
    broken = [
        f"{s.unit} ({s.gaps} lần, tổng {s.away} phút)"
        for s in seats
        if s.gaps and s.status != AttendanceStatus.ABSENT
    ]
    if broken:
        lines.append(f"Gián đoạn kết nối: {_names(broken)}")
    return tuple(lines)


def absent(seats: Iterable[Seat]) -> tuple[str, ...]:
    """Return one line for each unit that did not come, with the reason it gave."""
    missing = (s for s in seats if s.status == AttendanceStatus.ABSENT)
    return tuple(f"{s.unit} ({s.note})" if s.note else s.unit for s in missing)


def attendees(seats: Sequence[Seat]) -> str:
    """Say who was invited, as the notice puts it."""
    groups = ["lãnh đạo các sở, ban, ngành"] if _central(seats) else []
    places = _localities(seats)
    if places:
        groups.append(f"Chủ tịch UBND các {places}")
    return " và ".join(groups)


def connection(seats: Sequence[Seat]) -> str:
    """Say how the sites were joined."""
    places = _localities(seats)
    if places:
        sites = sum(1 for seat in seats if seat.kind in LOCALITIES)
        return f"kết nối trực tuyến đến {sites} điểm cầu UBND {places}"
    return f"kết nối trực tuyến đến {len(seats)} điểm cầu" if seats else ""


def recipients(seats: Sequence[Seat], committee: str) -> tuple[str, ...]:
    """Return the lines of "Nơi nhận"; `committee` is the people's committee the host serves."""
    lines = [f"Chủ tịch, các Phó Chủ tịch {committee}"] if committee else []
    invited = ["Các sở, ban, ngành"] if _central(seats) else []
    places = _localities(seats)
    if places:
        invited.append(f"UBND các {places}")
    return (*lines, *(["; ".join(invited)] if invited else []))


def _count(title: str, noun: str, seats: Sequence[Seat]) -> list[str]:
    if not seats:
        return []
    if all(seat.status is None for seat in seats):
        return [f"{title}: {len(seats)} {noun} được mời"]
    there = sum(seat.status not in (None, AttendanceStatus.ABSENT) for seat in seats)
    return [f"{title}: {there}/{len(seats)} {noun} có mặt"]


def _central(seats: Iterable[Seat]) -> bool:
    return any(seat.kind not in LOCALITIES for seat in seats)


def _localities(seats: Iterable[Seat]) -> str:
    kinds = {seat.kind for seat in seats}
    return ", ".join(name for kind, name in _LOCALITY_NAMES.items() if kind in kinds)


def _late(seat: Seat) -> str:
    if seat.entered is None:
        return seat.unit
    return f"{seat.unit} (từ {seat.entered.hour} giờ {seat.entered.minute:02d} phút)"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return f"{shown} và {rest} đơn vị khác" if rest > 0 else shown
