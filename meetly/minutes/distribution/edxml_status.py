"""Status messages of an outgoing-document system, as in QCVN 102:2016; judged, not trusted.

The file comes from outside: no document type is read, so no entity grows or fetches anything, and
depth and number of elements are limited (meetings.conference.plain_xml).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element

from flask_babel import lazy_gettext as _l

from meetly import clock
from meetly.errors import BadInput
from meetly.meetings.conference import plain_xml

#: Bytes of a file with statuses; a real one has a few hundred.
LARGEST = 1 << 20
LONGEST_NOTE = 1000

#: What the codes mean, and the tone in which the page says so.
MEANINGS = {
    "01": (_l("Đã đến"), "accent"),
    "02": (_l("Từ chối tiếp nhận"), "waiting"),
    "03": (_l("Đã tiếp nhận"), "good"),
    "04": (_l("Đã phân công"), "good"),
    "05": (_l("Đang xử lý"), "accent"),
    "06": (_l("Đã hoàn thành"), "good"),
    "13": (_l("Yêu cầu lấy lại"), "waiting"),
    "15": (_l("Đồng ý cho lấy lại"), "waiting"),
    "16": (_l("Từ chối cho lấy lại"), "waiting"),
}
#: Codes the standard leaves room for; kept, and shown as what they are.
_CODE = re.compile(r"0[1-9]|1[0-6]")
_MOMENTS = ("%Y/%m/%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_DAYS = ("%Y/%m/%d", "%d/%m/%Y", "%Y-%m-%d")


class Unreadable(BadInput):
    """The file is no status message that can be read; nothing was kept."""

    message = "Tệp này không phải thông báo trạng thái edXML đọc được; chưa ghi gì."


@dataclass(frozen=True)
class Status:
    """One status message."""

    #: who reports
    organ_id: str
    #: the document it is about: its name on the axis where given, else number and date
    document_id: str
    code_of_document: str
    dated: date | None
    code: str
    note: str
    reported_at: datetime


def read(raw: bytes) -> list[Status]:
    """Return the messages of a file; Unreadable when it is not plain XML with at least one."""
    if len(raw) > LARGEST:
        raise Unreadable()
    try:
        root = plain_xml.read(raw)
    except BadInput as error:
        raise Unreadable() from error
    found = [_status(each) for each in root.iter() if _local(each) == "Status" and len(each)]
    if not found:
        raise Unreadable()
    return found


def _status(element: Element) -> Status:
    about, sender = _child(element, "ResponseFor"), _child(element, "From")
    code = _text(element, "StatusCode").zfill(2)
    if not _CODE.fullmatch(code):
        raise Unreadable()
    return Status(
        organ_id=_text(sender, "OrganId").upper(),
        document_id=_text(about, "DocumentId"),
        code_of_document=_text(about, "Code"),
        dated=_day(_text(about, "PromulgationDate")),
        code=code,
        note="; ".join(_notes(element))[:LONGEST_NOTE],
        reported_at=_moment(_text(element, "Timestamp")),
    )


def _notes(element: Element) -> Iterator[str]:
    if said := _text(element, "Description"):
        yield said
    staff = _child(element, "StaffInfo")
    handled = [_text(staff, name) for name in ("Department", "Staff")]
    if any(handled):
        yield ", ".join(filter(None, handled))


def _moment(written: str) -> datetime:
    for form in _MOMENTS:
        try:
            return clock.from_local(datetime.strptime(written, form))
        except (ValueError, OverflowError):
            continue
    raise Unreadable()


def _day(written: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(written, form).date()
        except ValueError:
            continue
    return None


def _child(element: Element | None, name: str) -> Element | None:
    children = element if element is not None else ()
    return next((each for each in children if _local(each) == name), None)


def _text(element: Element | None, name: str) -> str:
    found = _child(element, name)
    return " ".join((found.text or "").split()) if found is not None else ""


def _local(element: Element) -> str:
    return element.tag.rpartition(":")[2]
