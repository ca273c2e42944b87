"""Forms of the desk."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from meetly.minutes.editing import LONGEST_TEXT
from meetly.minutes.forms import VersionForm


class WordsForm(VersionForm):
    """Words as they are typed, and the words they grew from."""

    text = StringField(validators=[DataRequired(), Length(max=LONGEST_TEXT)])
    base = StringField(validators=[Length(max=LONGEST_TEXT)])


class SplitForm(VersionForm):
    """Where a block is parted: after so many words."""

    at = IntegerField(validators=[InputRequired(), NumberRange(min=0)])


class RestoreForm(VersionForm):
    """Which earlier version is brought back, or one block of it."""

    number = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)]
    )  # fmt: skip
    block_id = HiddenField()
