"""Forms of notices: which of them the bell shows."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional

from meetly.forms import Form


class BellForm(Form):
    """Part of the page's address; it changes nothing and needs no token."""

    class Meta(Form.Meta):
        csrf = False

    unread = BooleanField()
    #: the last notice seen; the list goes on after it
    before = IntegerField(validators=[Optional()])
