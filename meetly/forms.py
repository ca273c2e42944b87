"""The form every form is made from: protected against forgery, speaking the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

# WTForms writes its own messages in English and has no Vietnamese catalogue.
_MESSAGES = {
    "This field is required.": lazy_gettext("Hãy điền ô này."),
    "Not a valid choice.": lazy_gettext("Hãy chọn một mục trong danh sách."),
    "Not a valid choice": lazy_gettext("Hãy chọn một mục trong danh sách."),
    "Invalid choice(s): one or more data inputs could not be coerced.": lazy_gettext(
        "Hãy chọn trong danh sách."
    ),
    "'%(value)s' is not a valid choice for this field.": lazy_gettext(
        "“%(value)s” không có trong danh sách."
    ),
    "Not a valid integer value.": lazy_gettext("Hãy nhập một số nguyên."),
    "Not a valid date value.": lazy_gettext("Ngày chưa đúng. Ví dụ: 23/11/2026."),
    "Not a valid datetime value.": lazy_gettext("Ngày giờ chưa đúng."),
    "Not a valid time value.": lazy_gettext("Giờ chưa đúng. Ví dụ: 08:00."),
    "Invalid URL.": lazy_gettext("Địa chỉ phải bắt đầu bằng https:// hoặc http://."),
    "Invalid email address.": lazy_gettext("Địa chỉ thư điện tử chưa đúng."),
    "Field must be at least %(min)d character long.": lazy_gettext("Cần ít nhất %(min)d ký tự."),
    "Field must be at least %(min)d characters long.": lazy_gettext("Cần ít nhất %(min)d ký tự."),
    "Field cannot be longer than %(max)d character.": lazy_gettext("Không quá %(max)d ký tự."),
    "Field cannot be longer than %(max)d characters.": lazy_gettext("Không quá %(max)d ký tự."),
    "Number must be between %(min)s and %(max)s.": lazy_gettext("Nhập số từ %(min)s đến %(max)s."),
    "The CSRF token is missing.": lazy_gettext("Phiên làm việc đã hết. Hãy gửi lại."),
    "The CSRF session token is missing.": lazy_gettext("Phiên làm việc đã hết. Hãy gửi lại."),
    "The CSRF tokens do not match.": lazy_gettext("Phiên làm việc đã hết. Hãy gửi lại."),
    "The CSRF token has expired.": lazy_gettext("Phiên làm việc đã hết. Hãy gửi lại."),
}


class _Speech:
    """Answers WTForms' requests for a translation."""

    def gettext(self, said: str) -> str:
        return str(_MESSAGES[said]) if said in _MESSAGES else str(gettext(said))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


class Form(FlaskForm):
    """Base of every form."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Speech:
            """Give WTForms our own words."""
            return _Speech()


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Make the options of a SelectField from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]
