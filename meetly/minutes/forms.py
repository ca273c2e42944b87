"""Forms of minutes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from meetly.forms import Form, choices
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.editing import LONGEST_TEXT

KIND_NAMES = {
    BlockKind.REPORT: _l("Báo cáo"),
    BlockKind.DISCUSSION: _l("Thảo luận"),
    BlockKind.ASSESSMENT: _l("Đánh giá, kết luận"),
    BlockKind.DIRECTION: _l("Chỉ đạo"),
    BlockKind.QUESTION: _l("Cần làm rõ"),
}
_ONE_A_LINE = _l("Mỗi dòng một đơn vị.")


class VersionForm(Form):
    """A step that names the version it was decided on."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class BlockForm(VersionForm):
    """The words of a block; the last fields matter to directions only."""

    #: id of the block that a new one follows
    after = HiddenField()
    kind = SelectField(_l("Loại đoạn"), choices=choices(KIND_NAMES.items()))
    text = TextAreaField(_l("Nội dung"), [DataRequired(), Length(max=LONGEST_TEXT)])
    lead = TextAreaField(
        _l("Đơn vị chủ trì"), [Optional(), Length(max=2000)], description=_ONE_A_LINE
    )
    coordinate = TextAreaField(
        _l("Phối hợp"), [Optional(), Length(max=4000)], description=_ONE_A_LINE
    )
    due = DateField(_l("Thời hạn"), [Optional()])
    recurring = StringField(
        _l("Định kỳ"),
        [Optional(), Length(max=200)],
        description=_l("Ví dụ: trước 16 giờ thứ sáu hằng tuần."),
    )
    product = StringField(_l("Sản phẩm"), [Optional(), Length(max=300)])

    def show(self, block: Block, version: int) -> None:
        """Fill the form from a block as it stands in a version."""
        given = block.assignment or Assignment()
        self.version.data, self.kind.data, self.text.data = version, block.kind.value, block.text
        self.lead.data, self.coordinate.data = "\n".join(given.lead), "\n".join(given.coordinate)
        self.due.data, self.recurring.data = given.due, given.recurring or ""
        self.product.data = given.product

    @property
    def block_kind(self) -> BlockKind:
        """The kind that was chosen."""
        return BlockKind(self.kind.data)

    @property
    def assignment(self) -> Assignment | None:
        """What is assigned to whom, if this is a direction."""
        if self.block_kind is not BlockKind.DIRECTION:
            return None
        return Assignment(
            lead=tuple(lines(self.lead.data)),
            coordinate=tuple(lines(self.coordinate.data)),
            due=self.due.data,
            recurring=(self.recurring.data or "").strip() or None,
            product=(self.product.data or "").strip(),
        )


class RemarkForm(VersionForm):
    """What a reader wants changed."""

    block_id = HiddenField()
    text = TextAreaField(_l("Góp ý"), [DataRequired(), Length(max=4000)])


class ReturnForm(VersionForm):
    """Give minutes back; the words may already stand beside a block."""

    text = TextAreaField(_l("Điều cần sửa"), [Optional(), Length(max=4000)])


class ApproveForm(VersionForm):
    """Approve exactly the bytes that were shown."""

    minutes_sha256 = HiddenField(validators=[DataRequired(), Length(min=64, max=64)])
    notice_sha256 = HiddenField(validators=[DataRequired(), Length(min=64, max=64)])


def lines(text: str | None) -> list[str]:
    """Return the lines of a text that hold something."""
    return [" ".join(line.split()) for line in (text or "").splitlines() if line.strip()]
