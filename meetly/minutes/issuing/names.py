"""What the kinds and states of official documents are called where people read."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetly.minutes.issuing.models import DocumentKind, DocumentStatus

KIND_WORDS = {
    DocumentKind.MINUTES: _l("Biên bản"),
    DocumentKind.NOTICE: _l("Thông báo kết luận"),
}
#: name and tone of each state
STATUS_WORDS = {
    DocumentStatus.REGISTERED: (_l("Đã có số"), "waiting"),
    DocumentStatus.SIGNING: (_l("Đang ký"), "waiting"),
    DocumentStatus.SIGNED: (_l("Đã ký đủ"), "accent"),
    DocumentStatus.ISSUED: (_l("Đã phát hành"), "good"),
    DocumentStatus.CANCELLED: (_l("Đã hủy"), "neutral"),
}
