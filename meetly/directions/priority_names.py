"""How pressing a direction is, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetly.directions.models import Priority

PRIORITY_NAMES = {
    Priority.NORMAL: _l("Bình thường"),
    Priority.HIGH: _l("Ưu tiên"),
    Priority.URGENT: _l("Khẩn"),
}
