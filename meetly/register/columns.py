"""The ten columns of the register of outgoing documents, Annex IV of Decree 30/2020/NĐ-CP; pure."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from meetly import clock
from meetly.register.models import DocumentType, Entry, EntryStatus

COLUMNS = (
    _l("Số, ký hiệu văn bản"),
    _l("Ngày tháng văn bản"),
    _l("Tên loại và trích yếu nội dung văn bản"),
    _l("Người ký"),
    _l("Nơi nhận văn bản"),
    _l("Đơn vị, người nhận bản lưu"),
    _l("Số lượng bản"),
    _l("Ngày chuyển"),
    _l("Ký nhận"),
    _l("Ghi chú"),
)
#: of the columns in a spreadsheet, in characters
WIDTHS = (16, 13, 50, 22, 40, 18, 10, 13, 10, 28)
TYPE_NAMES = {
    DocumentType.MINUTES: _l("Biên bản"),
    DocumentType.NOTICE: _l("Thông báo"),
    DocumentType.INVITATION: _l("Giấy mời"),
}
#: Offices keep the file copy at the registry (văn thư).
_FILE_COPY = "VT"


def cells(entry: Entry) -> tuple[str, ...]:
    """Write one entry in the ten columns; what only paper knows stays empty."""
    out = f"{clock.local(entry.issued_at):%d/%m/%Y}" if entry.issued_at else ""
    return (
        f"{entry.number:02d}/{entry.notation}",
        f"{entry.dated:%d/%m/%Y}",
        f"{TYPE_NAMES[DocumentType(entry.book.document_type)]}: {entry.subject}",
        entry.signer,
        entry.recipients,
        _FILE_COPY if entry.status == EntryStatus.ISSUED else "",
        "",
        out,
        "",
        remark(entry),
    )


def remark(entry: Entry) -> str:
    """Say in the last column what became of a number."""
    if entry.status == EntryStatus.CANCELLED:
        return str(_("Đã hủy: %(reason)s", reason=entry.reason))
    if entry.status == EntryStatus.RESERVED:
        return str(_("Đã giữ số, chưa phát hành"))
    return str(_("%(count)s trang", count=entry.page_count)) if entry.page_count else ""
