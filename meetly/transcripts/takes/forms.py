"""Forms of hearing again."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from meetly.forms import Form
from meetly.transcripts.takes.service import Model


class AgainForm(Form):
    """With which model to hear again, and that corrections may give way."""

    model = SelectField(_l("Mô hình nhận dạng"))
    sure = BooleanField(_l("Tôi hiểu: lời máy nghe mới sẽ thay những câu đã sửa tay"))

    def offer(self, models: Sequence[Model], present: str, corrected: int) -> None:
        """Offer these models, and ask about corrections only where there are any."""
        self.model.choices = [
            (m.key, _("%(name)s (đang dùng)", name=m.name) if m.path == present else m.name)
            for m in models
        ]
        if not corrected:
            del self.sure
