"""Forms of signing: add a key, sign what is shown, bring back what was signed elsewhere, verify."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from meetly.accounts.models import Unit
from meetly.forms import Form, choices
from meetly.minutes.signing import planning
from meetly.minutes.signing.keys import LARGEST, Source
from meetly.minutes.signing.models import KeyKind, SigningKey
from meetly.minutes.signing.pictures import LARGEST as LARGEST_PICTURE

#: the choice that stands for oneself among the units whose seal one keeps
MYSELF = 0
KIND_NAMES = {
    KeyKind.PKCS12: _l("Tệp khóa (.p12, .pfx), để ở máy chủ"),
    KeyKind.PKCS11: _l("Token cắm ở máy chủ"),
    KeyKind.ELSEWHERE: _l("Token ở máy của tôi, chỉ đưa chứng thư số"),
}
#: where a signature stands, as people read it
POSITION_WORDS = {
    planning.SECRETARY: _l("Thư ký"),
    planning.CHAIR: _l("Chủ tọa"),
    planning.SIGNER: _l("Người ký"),
    planning.ORGANISATION: _l("Cơ quan, tổ chức"),
}


class KeyForm(Form):
    """A key of one's own or of a unit's seal."""

    owner = SelectField(_l("Khóa của"), coerce=int)
    kind = SelectField(_l("Khóa nằm ở đâu"), choices=choices(KIND_NAMES.items()))
    file = FileField(
        _l("Tệp khóa hoặc chứng thư số"),
        description=_l("Tệp .p12, .pfx; với token ở máy của bạn: chứng thư số .cer, .crt, .pem."),
    )
    token = StringField(
        _l("Nhãn token ở máy chủ"), [Optional(), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    token_key = StringField(
        _l("Nhãn khóa trên token"), [Optional(), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    secret = PasswordField(
        _l("Mật khẩu tệp khóa, hoặc mã PIN của token"), [Optional(), Length(max=200)],
        description=_l("Chỉ dùng để mở khóa lần này; Meetly không lưu lại."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    picture = FileField(
        _l("Ảnh chữ ký (xanh) hoặc con dấu (đỏ)"),
        description=_l("Tệp PNG nền trong suốt, tối đa 2 MB. Con dấu in đúng cỡ thật."),
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Say whose seal the person may add."""
        self.units = {unit.id: unit for unit in units}
        named = [(unit.id, _("Con dấu: %(unit)s", unit=unit.name)) for unit in units]
        self.owner.choices = [(MYSELF, _("Chữ ký của tôi")), *named]

    @property
    def unit(self) -> Unit | None:
        """The unit whose seal it is; none for oneself."""
        return self.units.get(self.owner.data)

    def source(self) -> Source:
        """Return what was given, read no further than a key may be large."""
        kind = KeyKind(self.kind.data)
        file = self.file.data.read(LARGEST + 1) if self.file.data else b""
        return Source(
            kind, b"" if kind == KeyKind.PKCS11 else file, self.secret.data or "",
            (self.token.data or "") if kind == KeyKind.PKCS11 else "",
            (self.token_key.data or "") if kind == KeyKind.PKCS11 else "",
        )  # fmt: skip

    def drawn(self) -> bytes:
        """Return the picture, read no further than it may be large."""
        return self.picture.data.read(LARGEST_PICTURE + 1) if self.picture.data else b""


class SignForm(Form):
    """The PDF that was shown, and the key to sign it with."""

    before_sha256 = HiddenField(validators=[DataRequired(), Length(max=64)])
    key = SelectField(_l("Khóa để ký"), coerce=int)
    secret = PasswordField(
        _l("Mật khẩu tệp khóa, hoặc mã PIN"), [Optional(), Length(max=200)],
        description=_l("Bỏ trống khi khóa nằm ở máy của bạn: trang sau đưa mã cần ký."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip

    def offer(self, keys: Sequence[SigningKey]) -> None:
        """Say with which keys this can be signed."""
        self.keys = {key.id: key for key in keys}
        self.key.choices = [
            (key.id, f"{key.subject} · {KIND_NAMES[KeyKind(key.kind)]}") for key in keys
        ]


class AnswerForm(Form):
    """What came back from the signer's own computer."""

    file = FileField(
        _l("Chữ ký đã tạo"), [FileRequired()],
        description=_l("Chữ ký trần của tệp .bin thuộc tính, hoặc một tệp CMS (.p7s) dạng DER."),
    )  # fmt: skip


class VerifyForm(Form):
    """A PDF to look at."""

    file = FileField(_l("Tệp PDF đã ký"), [FileRequired()])
