"""A made-up meeting by which an office looks at its form before using it."""

from __future__ import annotations

from datetime import date, time

from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.facts import MeetingFacts, Person

FACTS = MeetingFacts(
    title="Hội nghị giao ban trực tuyến tháng 11 năm 2026",
    date=date(2026, 11, 23),
    starts=time(8),
    ends=time(10, 45),
    place="Phòng họp số 1, trụ sở UBND tỉnh",
    form="kết nối trực tuyến đến 75 điểm cầu UBND xã, phường",
    chair=Person("Trần Quốc Khải", "Chủ tịch UBND tỉnh"),
    secretary=Person("Đỗ Văn Nam", "Trưởng phòng Tổng hợp"),
    attendance=("Điểm cầu tỉnh: lãnh đạo các sở, ban, ngành", "Điểm cầu cấp xã: 75/75 điểm cầu"),
    absent=("Sở Y tế (có lý do)",),
    materials=("gửi trên hệ thống ngày 17/11/2026: (1) Báo cáo giải ngân",),
    attendees="lãnh đạo các sở, ban, ngành và Chủ tịch UBND các xã, phường",
    parent_agency="UBND tỉnh Lam Giang",
    agency="Văn phòng",
    locality="Lam Giang",
    signer=Person("Lê Thị Minh Hòa", "Chánh Văn phòng"),
    recipients=("Chủ tịch, các Phó Chủ tịch UBND tỉnh", "Các sở, ban, ngành; UBND các xã, phường"),
    draft=False,
)
BLOCKS = (
    Block("b1", BlockKind.REPORT, "Giải ngân vốn đầu tư công đạt 68% kế hoạch.", (),
          "Sở Tài chính", "Phạm Đức Long"),
    Block("b2", BlockKind.DISCUSSION, "Đường truyền ở 6 thôn chưa ổn định; đề nghị hỗ trợ.",
          (), "UBND xã Nậm Hoa", "Vàng A Sình"),
    Block("b3", BlockKind.ASSESSMENT, "Tiến độ giải ngân còn chậm so với yêu cầu."),
    Block("b4", BlockKind.DIRECTION,
          "Giao Sở Tài chính rà soát các dự án chậm, báo cáo trước ngày 10/12/2026.",
          assignment=Assignment(("Sở Tài chính",), ("UBND các xã, phường",), date(2026, 12, 10))),
    Block("b5", BlockKind.DIRECTION,
          "Giao Văn phòng UBND tỉnh theo dõi, đôn đốc việc thực hiện kết luận này.",
          assignment=Assignment(("Văn phòng UBND tỉnh",))),
)  # fmt: skip
