"""Forms of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from meetly.accounts.models import Role, SigningOrder, UnitKind
from meetly.accounts.passwords import SHORTEST
from meetly.forms import Form, choices

ROLE_NAMES = {
    Role.SECRETARY: _l("Thư ký"),
    Role.LEADER: _l("Lãnh đạo"),
    Role.PARTICIPANT: _l("Đại biểu"),
    Role.ADMIN: _l("Quản trị"),
}

KIND_NAMES = {
    UnitKind.PROVINCE: _l("Tỉnh, thành phố"),
    UnitKind.OFFICE: _l("Văn phòng"),
    UnitKind.DEPARTMENT: _l("Sở, ban, ngành"),
    UnitKind.COMMUNE: _l("Xã"),
    UnitKind.WARD: _l("Phường"),
    UnitKind.SPECIAL_ZONE: _l("Đặc khu"),
    UnitKind.BODY: _l("Cơ quan, tổ chức khác"),
}


ORDER_NAMES = {
    SigningOrder.FOR: _l("KT. – cấp phó ký thay cấp trưởng"),
    SigningOrder.BY_ORDER: _l("TL. – ký thừa lệnh"),
    SigningOrder.AUTHORISED: _l("TUQ. – ký thừa ủy quyền"),
    SigningOrder.ACTING: _l("Q. – quyền cấp trưởng"),
}


class SignInForm(Form):
    """Who are you."""

    login = StringField(
        _l("Tên đăng nhập"),
        [DataRequired()],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "autofocus": True},
    )
    password = PasswordField(
        _l("Mật khẩu"), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )


class PasswordForm(Form):
    """Change one's own password."""

    old = PasswordField(
        _l("Mật khẩu hiện tại"), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(
        _l("Mật khẩu mới"),
        [DataRequired(), Length(min=SHORTEST)],
        description=_l("Ít nhất 10 ký tự; một câu dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )


class UnitForm(Form):
    """Add a unit."""

    code = StringField(
        _l("Mã đơn vị"), [DataRequired(), Length(max=30)], render_kw={"autocomplete": "off"}
    )
    name = StringField(
        _l("Tên đầy đủ"),
        [DataRequired(), Length(max=200)],
        description=_l("Như trong văn bản: “UBND xã Nậm Hoa”, “Sở Tài chính”."),
    )
    kind = SelectField(_l("Loại"), choices=choices(KIND_NAMES.items()))
    parent = SelectField(_l("Thuộc"), coerce=int)
    aliases = TextAreaField(
        _l("Tên khác"),
        [Optional(), Length(max=1000)],
        description=_l("Mỗi dòng một tên thường gọi hoặc tên cũ."),
    )


class UserForm(Form):
    """Add a person."""

    name = StringField(
        _l("Họ và tên"), [DataRequired(), Length(max=120)], render_kw={"autocomplete": "off"}
    )
    position = StringField(_l("Chức vụ"), [Optional(), Length(max=160)])
    unit = SelectField(_l("Đơn vị"), coerce=int)
    role = SelectField(_l("Vai trò"), choices=choices(ROLE_NAMES.items()))
    login = StringField(
        _l("Tên đăng nhập"),
        [DataRequired(), Length(max=120)],
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    email = StringField(
        _l("Thư điện tử"), [Optional(), Length(max=200)], render_kw={"type": "email"}
    )
    password = PasswordField(
        _l("Mật khẩu ban đầu"),
        [DataRequired(), Length(min=SHORTEST)],
        render_kw={"autocomplete": "new-password"},
    )


class DelegationForm(Form):
    """Let somebody stand in for the head of a unit."""

    unit = SelectField(_l("Đơn vị"), coerce=int)
    deputy = SelectField(
        _l("Người ký thay"), coerce=int, description=_l("Lãnh đạo của đơn vị đã chọn.")
    )
    order = SelectField(_l("Ký thế nào"), choices=choices(ORDER_NAMES.items()))
    post = StringField(
        _l("Ký thay chức vụ"),
        [DataRequired(), Length(max=160)],
        description=_l("Chức vụ của người vắng mặt: “Chánh Văn phòng”, “Chủ tịch”."),
    )
    starts_on = DateField(_l("Từ ngày"), [DataRequired()])
    ends_on = DateField(
        _l("Đến hết ngày"), [Optional()], description=_l("Để trống nếu chưa biết ngày về.")
    )
    grounds = StringField(
        _l("Căn cứ"),
        [Optional(), Length(max=300)],
        description=_l("Ví dụ: Giấy ủy quyền số 02/GUQ-VP."),
    )
