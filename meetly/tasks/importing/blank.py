"""The spreadsheet an office may fill in; pure."""

from __future__ import annotations

from datetime import date

from meetly.tasks.importing.columns import FIELDS
from meetly.workbook import Value, xlsx

FILENAME = "nhiem-vu-dang-theo-doi.xlsx"
#: What its columns are called; each is recognised by its name (a test says so).
TITLES = {
    "text": "Nội dung nhiệm vụ",
    "lead": "Đơn vị chủ trì",
    "coordinate": "Đơn vị phối hợp",
    "due": "Thời hạn",
    "given_on": "Ngày giao",
    "source": "Văn bản giao",
    "product": "Sản phẩm",
    "state": "Trạng thái",
    "done_on": "Ngày hoàn thành",
    "officer": "Người theo dõi",
    "note": "Ghi chú",
}
_WIDTHS = (60, 26, 26, 14, 14, 24, 24, 18, 16, 22, 30)


def template() -> bytes:
    """Return the empty spreadsheet with two lines that show how it is filled in."""
    shown: list[dict[str, Value]] = [
        {
            "text": "Ví dụ (xóa dòng này): Rà soát các dự án giải ngân dưới 50%",
            "lead": "Sở Tài chính", "coordinate": "Kho bạc Nhà nước khu vực; Sở Xây dựng",
            "due": date(2026, 12, 10), "given_on": date(2026, 11, 23),
            "source": "Thông báo số 12/TB-VP", "product": "Tờ trình", "state": "Đang thực hiện",
        },
        {
            "text": "Ví dụ (xóa dòng này): Cập nhật tiến độ nhiệm vụ trên hệ thống",
            "lead": "UBND các xã, phường", "due": "trước 16 giờ thứ sáu hằng tuần",
            "given_on": date(2026, 11, 23),
        },
    ]  # fmt: skip
    return xlsx(
        "Nhiệm vụ",
        [TITLES[field] for field in FIELDS],
        [[line.get(field) for field in FIELDS] for line in shown],
        widths=_WIDTHS,
    )
