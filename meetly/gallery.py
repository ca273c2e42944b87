"""The living page: every piece of the visual language with realistic words; development only."""

from __future__ import annotations

import io
import math
import wave
from calendar import Calendar

from flask import Response, render_template, send_file
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from meetly import clock
from meetly.forms import Form, choices


class SampleForm(Form):
    """One field of every kind."""

    title = StringField(
        lazy_gettext("Tên cuộc họp"),
        [InputRequired()],
        default="Giao ban trực tuyến tháng 11",
        description=lazy_gettext("Ghi như trong giấy mời."),
    )
    day = DateField(lazy_gettext("Ngày"), [InputRequired()])
    starts = TimeField(lazy_gettext("Bắt đầu"), [InputRequired()])
    chair = SelectField(
        lazy_gettext("Chủ trì"),
        choices=choices([("1", "Trần Quốc Khải, Chủ tịch UBND tỉnh"), ("2", "Lê Thị Minh Hòa")]),
    )
    form_of_meeting = RadioField(
        lazy_gettext("Hình thức"),
        choices=choices([("o", "Trực tuyến"), ("d", "Trực tiếp")]),
        default="o",
    )
    sites = SelectMultipleField(
        lazy_gettext("Điểm cầu"),
        choices=choices(
            (n, n) for n in ("UBND xã Nậm Hoa", "UBND phường Đồi Thông", "Sở Tài chính")
        ),
        default=["UBND xã Nậm Hoa"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(lazy_gettext("Ghi chú"))
    tell = BooleanField(lazy_gettext("Báo cho các điểm cầu ngay khi lưu"), default=True)


def show() -> str:
    """Render the living page, its form as it looks after a wrong try."""
    form = SampleForm()
    form.day.errors = [
        lazy_gettext("Ngày này các điểm cầu đã có cuộc họp khác. Hãy chọn ngày khác.")
    ]
    now = clock.today()
    weeks = Calendar().monthdatescalendar(now.year, now.month)
    return render_template("components/gallery.html", form=form, weeks=weeks)


def sound() -> Response:
    """Send a minute of humming with pauses, so that the player has something to play."""
    return send_file(io.BytesIO(_hum(seconds=64)), mimetype="audio/wav", conditional=True)


def _hum(seconds: int, rate: int = 4000) -> bytes:
    # One period of a low note, louder and softer as syllables are.
    note = [math.sin(2 * math.pi * 100 * i / rate) for i in range(rate // 100)]
    samples = bytearray()
    for tenth in range(seconds * 10):
        loud = abs(math.sin(tenth * 1.7) * math.sin(tenth * 0.23)) * (tenth % 47 < 42)
        samples += bytes(round(128 + 100 * loud * x) for x in note) * 10
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(bytes(samples))
    return kept.getvalue()
