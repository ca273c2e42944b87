"""Whether an office's own form may come in: what it carries, and what it asks for."""

from __future__ import annotations

from io import BytesIO
from xml.parsers import expat
from zipfile import ZipFile

from flask_babel import lazy_gettext as _l

from meetly.errors import BadInput
from meetly.minutes.office_templates import filling
from meetly.minutes.office_templates.filling import Complaint, Judgement, Unreadable
from meetly.minutes.word_files import judging as word_judging

#: relationships by which a form would take something from elsewhere or carry something of its own
_FORBIDDEN = {
    "attachedtemplate", "afchunk", "oleobject", "package", "subdocument", "frame",
    "mailmergesource", "mailmergeheadersource", "externallink", "transform", "control",
}  # fmt: skip
_LONGEST = 1 << 20

#: what each code of grammar.py and rendering.py says to a person
REASONS = {
    "syntax": _l("Viết sai cú pháp"),
    "unknown": _l("Không có chỗ điền tên này"),
    "field": _l("Chỗ điền này không có phần tên như vậy"),
    "whole": _l("Đây là danh sách hoặc nhóm; hãy dùng vòng lặp hoặc ghi rõ phần cần điền"),
    "no_list": _l("Không phải danh sách nên không lặp được"),
    "filter": _l("Phép biến đổi này không được dùng ở đây"),
    "loop": _l("Vòng lặp dạng này không được dùng"),
    "deep": _l("Vòng lặp lồng nhau quá sâu"),
    "taken": _l("Tên này đã dùng cho chỗ điền khác"),
    "statement": _l("Lệnh này không được dùng trong mẫu"),
    "expression": _l("Phép tính hoặc lời gọi này không được dùng trong mẫu"),
    "word_field": _l("Trường này của Word lấy hoặc chạy thứ khác khi mở"),
}


class Refused(BadInput):
    """The form holds paragraphs that cannot be accepted."""

    code = "TEMPLATE_REFUSED"
    message = "Mẫu chưa dùng được; chưa có gì thay đổi. Hãy sửa các đoạn nêu dưới đây rồi tải lại."

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        self.complaints = complaints
        super().__init__()


def judge(document: bytes, kind: str) -> Judgement:
    """Return what a form asks for; BadInput (Refused, with the paragraphs) when it may not come in.

    Nothing in it is run to find out.
    """
    word_judging.require_docx(document)
    _require_alone(document)
    judgement = filling.judge(document, kind)
    if judgement.complaints:
        raise Refused(judgement.complaints)
    if not judgement.placeholders:
        raise BadInput("Tệp không có chỗ điền nào. Hãy bắt đầu từ mẫu của Meetly.")
    return judgement


def _require_alone(document: bytes) -> None:
    """Refuse a form that would take anything from elsewhere or carries another file."""
    with ZipFile(BytesIO(document)) as archive:  # judged above: no bomb, no lie
        for name in archive.namelist():
            if name.lower().endswith(".rels"):
                _refuse_relations(archive.read(name)[:_LONGEST])


def _refuse_relations(raw: bytes) -> None:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise Unreadable() from error
    for told in found:
        kind = told.get("Type", "").rsplit("/", 1)[-1].lower()
        is_outside = told.get("TargetMode", "").lower() == "external" and kind != "hyperlink"
        if kind in _FORBIDDEN or is_outside:
            raise BadInput(
                "Mẫu gắn với tệp khác (%(kind)s), như mẫu gốc .dotx hoặc tệp nhúng. "
                "Hãy bỏ liên kết đó rồi tải lên.",
                kind=kind,
            )
