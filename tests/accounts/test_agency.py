"""The letterhead and the roll-call say what the decree and a good secretary would."""

from __future__ import annotations

import pytest

from meetly.accounts.agency import Agency, agency_of, initials
from meetly.accounts.models import UnitKind
from meetly.meetings.models import AttendanceStatus
from meetly.minutes import roll
from meetly.minutes.roll import Seat


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (
            ("Văn phòng UBND tỉnh", UnitKind.OFFICE, "UBND tỉnh Lam Giang"),
            Agency("UBND TỈNH LAM GIANG", "VĂN PHÒNG", "VP", "Văn phòng UBND tỉnh", "Lam Giang",
                   "Chánh Văn phòng"),
        ),
        (
            ("UBND tỉnh Lam Giang", UnitKind.PROVINCE, ""),
            Agency("UBND TỈNH LAM GIANG", "VĂN PHÒNG", "VP", "Văn phòng UBND tỉnh", "Lam Giang",
                   "Chánh Văn phòng"),
        ),
        (
            ("Văn phòng HĐND và UBND", UnitKind.OFFICE, "UBND xã Nậm Hoa"),
            Agency("UBND XÃ NẬM HOA", "VĂN PHÒNG HĐND VÀ UBND", "VP", "Văn phòng HĐND và UBND",
                   "Nậm Hoa", "Chánh Văn phòng"),
        ),
        (
            ("UBND xã Nậm Hoa", UnitKind.COMMUNE, "UBND tỉnh Lam Giang"),
            Agency("", "UBND XÃ NẬM HOA", "UBND", "UBND xã Nậm Hoa", "Nậm Hoa", "Chủ tịch"),
        ),
        (
            ("Sở Khoa học và Công nghệ", UnitKind.DEPARTMENT, "UBND tỉnh Lam Giang"),
            Agency("UBND TỈNH LAM GIANG", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "SKHCN",
                   "Sở Khoa học và Công nghệ", "Lam Giang", "Giám đốc"),
        ),
        (
            ("Trung tâm Chuyển đổi số", UnitKind.BODY, "UBND thành phố Đồng Nai"),
            Agency("UBND THÀNH PHỐ ĐỒNG NAI", "TRUNG TÂM CHUYỂN ĐỔI SỐ", "TTCĐS",
                   "Trung tâm Chuyển đổi số", "Đồng Nai", "Thủ trưởng"),
        ),
    ],
)  # fmt: skip
def test_a_host_is_written_as_its_kind_asks(
    given: tuple[str, UnitKind, str], written: Agency
) -> None:
    assert agency_of(*given) == written


def test_initials_leave_the_small_words_out() -> None:
    assert initials("Sở Văn hóa, Thể thao và Du lịch") == "SVHTTDL"


def seats(count: int, kind: UnitKind, status: AttendanceStatus | None = None) -> list[Seat]:
    return [Seat(f"{kind} {number}", kind, status) for number in range(count)]


def test_the_roll_counts_each_level_by_itself() -> None:
    there = AttendanceStatus.PRESENT
    called = [
        *seats(2, UnitKind.DEPARTMENT, there),
        *seats(70, UnitKind.COMMUNE, there),
        *seats(4, UnitKind.WARD, AttendanceStatus.LATE),
        Seat("UBND đặc khu Đảo Xa", UnitKind.SPECIAL_ZONE, AttendanceStatus.ABSENT, note="bão"),
    ]
    assert roll.attendance(called)[:2] == (
        "Cơ quan, đơn vị: 2/2 đơn vị có mặt",
        "Điểm cầu cấp xã: 74/75 điểm cầu có mặt",
    )
    assert roll.attendance(called)[2].startswith("Vào muộn: ward 0, ")
    assert roll.absent(called) == ("UBND đặc khu Đảo Xa (bão)",)
    assert roll.connection(called) == (
        "kết nối trực tuyến đến 75 điểm cầu UBND xã, phường, đặc khu"
    )


def test_a_long_list_of_latecomers_is_cut_to_a_count() -> None:
    line = roll.attendance(seats(20, UnitKind.WARD, AttendanceStatus.LATE))[1]
    assert line.endswith("ward 11 và 8 đơn vị khác")


def test_without_a_roll_call_nobody_is_said_to_have_come() -> None:
    assert roll.attendance(seats(3, UnitKind.COMMUNE)) == ("Điểm cầu cấp xã: 3 điểm cầu được mời",)
    assert roll.attendance([]) == () and roll.connection([]) == "" and roll.attendees([]) == ""
    assert roll.recipients([], "") == ()
