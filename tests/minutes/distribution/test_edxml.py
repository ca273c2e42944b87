"""Packages for outgoing-document systems, re-read by another reader, and what comes back."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from typing import Any
from xml.dom import minidom
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from lxml import etree  # type: ignore[import-untyped]
from sqlalchemy import func, select

from meetly.accounts.models import User
from meetly.errors import BadInput, WrongState
from meetly.extensions import db
from meetly.meetings.conference import plain_xml
from meetly.minutes import kept_papers
from meetly.minutes.distribution import edxml_status, exchange, service
from meetly.minutes.distribution.models import DeliveryStatus
from meetly.minutes.distribution.organ_id import organ_id
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from tests.cast import Cast
from tests.minutes.distribution import issued as told
from tests.minutes.distribution.issued import issued, minutes_of

SignIn = Callable[[User], FlaskClient]
NAMES = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016"}
SENDER = "H37.02.02"
HOSTILE = [
    'Kết luận <script>alert("x")</script> & "ngoặc" \'đơn\'',
    "]]><edXML:OrganId>G99</edXML:OrganId><!--",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "chuông\x07 lùi\x08 không\x00 \ufffe hết",
    "  nhiều\r\n\tdòng  ",
]


@pytest.fixture
def document(cast: Cast) -> OfficialDocument:
    made = issued(cast.nam, cast.khai, minutes_of(cast))
    service.add_outside(cast.nam, made, "Bộ Nội vụ", "G09")
    service.add_outside(cast.nam, made, "UBND tỉnh Sơn La", "H52")
    db.session.commit()
    return made


def packed(cast: Cast, document: OfficialDocument) -> Any:
    raw, _name = exchange.package(cast.nam, document, SENDER)
    strict = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(raw, strict)


def said(root: Any, path: str) -> list[str]:
    parts = "/".join(f"e:{part}" for part in path.split("/"))
    return [found.text or "" for found in root.findall(f".//{parts}", NAMES)]


# -- out -------------------------------------------------------------------------------------


def test_a_package_says_what_the_register_says_and_carries_the_signed_bytes(
    cast: Cast, document: OfficialDocument
) -> None:
    root = packed(cast, document)
    for path, expected in {
        "From/OrganId": [SENDER],
        "From/OrganName": ["Văn phòng UBND tỉnh"],
        "From/OrganizationInCharge": ["UBND tỉnh Lam Giang"],
        "To/OrganId": ["G09", "H52"],
        "To/OrganName": ["Bộ Nội vụ", "UBND tỉnh Sơn La"],
        "Code/CodeNumber": ["05"],
        "Code/CodeNotation": ["TB-VP"],
        "PromulgationInfo/Place": ["Lam Giang"],
        "PromulgationInfo/PromulgationDate": ["2026/11/26"],
        "DocumentType/TypeName": ["Thông báo"],
        "DocumentType/TypeDetail": ["TB"],
        "MessageHeader/Subject": [told.SUBJECT],
        "SignerInfo/FullName": ["Trần Quốc Khải"],
        "ToPlaces/Place": ["Sở Tài chính"],
        "OtherInfo/PageAmount": ["2"],
        "MessageHeader/DocumentId": ["H37.02.02,2026/11/26,05/TB-VP"],
        "TraceHeader/OrganId": [SENDER],
        "Reference/AttachmentName": ["05-TB-VP-2026.pdf"],
    }.items():
        assert said(root, path) == expected, path
    [encoded] = root.findall("AttachmentEncoded/Attachment/ContentTransferEncoded")
    content = base64.b64decode(encoded.text, validate=True)
    assert hashlib.sha256(content).hexdigest() == document.signed_sha256
    assert said(root, "Reference/ContentId") == [
        root.findtext("AttachmentEncoded/Attachment/ContentId")
    ]


def test_minutes_are_signed_by_the_chair_and_a_notice_by_the_office(
    cast: Cast, document: OfficialDocument
) -> None:
    assert said(packed(cast, document), "SignerInfo/Position") == ["Chánh Văn phòng"]
    document.kind = DocumentKind.MINUTES
    root = packed(cast, document)
    assert said(root, "SignerInfo/Position") == ["Chủ tịch UBND tỉnh"]
    assert said(root, "DocumentType/TypeName") == ["Biên bản"]


def test_every_element_but_the_attachment_carries_the_prefix_as_written(
    cast: Cast, document: OfficialDocument
) -> None:
    raw, _name = exchange.package(cast.nam, document, SENDER)
    bare = set()
    for element in minidom.parseString(raw).getElementsByTagName("*"):  # a third reader
        if element.prefix != "edXML":
            bare.add(element.tagName)
    assert bare == {
        "AttachmentEncoded", "Attachment", "ContentType", "ContentId", "Description",
        "ContentTransferEncoded",
    }  # fmt: skip
    assert raw.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<edXML:edXML xmlns:edXML=")


def test_what_was_signed_on_paper_goes_out_as_the_word_file(cast: Cast) -> None:
    document = issued(cast.nam, cast.khai, minutes_of(cast), signed=False)
    service.add_outside(cast.nam, document, "Bộ Nội vụ", "G09")
    root = packed(cast, document)
    content = base64.b64decode(root.findtext(".//ContentTransferEncoded"))
    assert content == kept_papers.read(document.docx_sha256)
    assert said(root, "Reference/AttachmentName") == ["05-TB-VP-2026.docx"]


def test_a_hostile_subject_stays_a_text(cast: Cast, document: OfficialDocument) -> None:
    for subject in HOSTILE:
        document.entry.subject = subject
        root = packed(cast, document)
        allowed = "".join(c for c in subject if c in "\t\r\n" or (c >= " " and c != "\ufffe"))
        assert said(root, "MessageHeader/Subject") == [" ".join(allowed.split())]
        assert said(root, "To/OrganId") == ["G09", "H52"]
        assert root.getroottree().docinfo.doctype == ""


def test_a_long_subject_is_cut_to_what_the_standard_holds(
    cast: Cast, document: OfficialDocument
) -> None:
    document.entry.subject = "a" * 499 + "é" * 50
    assert said(packed(cast, document), "MessageHeader/Subject") == ["a" * 499 + "é"]


def test_a_package_needs_a_sender_and_somebody_to_send_to(
    cast: Cast, document: OfficialDocument
) -> None:
    with pytest.raises(BadInput):
        exchange.package(cast.nam, document, "Văn phòng")
    other = issued(cast.nam, cast.khai, document.minutes)
    with pytest.raises(WrongState):
        exchange.package(cast.nam, other, SENDER)


@pytest.mark.parametrize(
    ("written", "read"),
    [("H37.02.02", "H37.02.02"), (" h37 ", "H37"), ("000.00.12.H28", "000.00.12.H28"),
     ("LG.VP", ""), ("H3", ""), ("H37.", ""), ("H37<b>", ""), ("H37\n", "H37")],
)  # fmt: skip
def test_an_identifier_is_known_by_its_form(written: str, read: str) -> None:
    assert organ_id(written) == read


# -- back ------------------------------------------------------------------------------------


def message(
    code: str = "03", organ: str = "G09", at: str = "2026/11/26 10:05:00",
    document: str = "H37.02.02,2026/11/26,05/TB-VP", note: str = "Đã vào sổ",
) -> str:  # fmt: skip
    return (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">'
        '<SOAP-ENV:Header><edXML:Status xmlns:edXML="http://schemas.xmlsoap.org/soap/envelope/">'
        "<edXML:ResponseFor><edXML:OrganId>H37.02.02</edXML:OrganId>"
        "<edXML:Code>05/TB-VP</edXML:Code>"
        "<edXML:PromulgationDate>26/11/2026</edXML:PromulgationDate>"
        f"<edXML:DocumentId>{document}</edXML:DocumentId></edXML:ResponseFor>"
        f"<edXML:From><edXML:OrganId>{organ}</edXML:OrganId></edXML:From>"
        f"<edXML:StatusCode>{code}</edXML:StatusCode>"
        f"<edXML:Description>{note}</edXML:Description>"
        f"<edXML:Timestamp>{at}</edXML:Timestamp>"
        "<edXML:StaffInfo><edXML:Department>Văn thư</edXML:Department>"
        "<edXML:Staff>Lê Thu</edXML:Staff></edXML:StaffInfo>"
        "</edXML:Status></SOAP-ENV:Header><SOAP-ENV:Body/></SOAP-ENV:Envelope>"
    )


def kept_statuses() -> int:
    return db.session.scalar(select(func.count()).select_from(DeliveryStatus)) or 0


def test_a_status_is_kept_once_however_often_it_comes(
    cast: Cast, document: OfficialDocument
) -> None:
    exchange.package(cast.nam, document, SENDER)
    assert exchange.import_statuses(cast.nam, document, message().encode()) == (1, 0)
    assert exchange.import_statuses(cast.nam, document, message().encode()) == (0, 1)
    later = message(code="6", at="27/11/2026 08:00:00", document="")
    assert exchange.import_statuses(cast.nam, document, later.encode()) == (1, 0)
    spread = service.distribution(document)
    [ministry, other] = spread.outside
    shown = [(each.code, each.note) for each in spread.statuses[ministry.id]]
    assert shown == [("06", "Đã vào sổ; Văn thư, Lê Thu"), ("03", "Đã vào sổ; Văn thư, Lê Thu")]
    assert spread.statuses[other.id] == []
    [first] = [each for each in spread.statuses[ministry.id] if each.code == "03"]
    assert first.reported_at.isoformat() == "2026-11-26T03:05:00+00:00"


OF_OTHERS: list[dict[str, str]] = [
    {"organ": "G10"}, {"organ": ""}, {"code": "17"}, {"code": "00"}, {"code": "x"},
    {"at": "hôm qua"}, {"document": "H37.02.02,2026/11/26,06/TB-VP"},
    {"document": "H99,2026/11/26,05/TB-VP"},
]  # fmt: skip


def test_a_status_of_something_else_is_refused_whole(
    cast: Cast, document: OfficialDocument
) -> None:
    exchange.package(cast.nam, document, SENDER)
    for changed in OF_OTHERS:
        both = f"<all>{message()}{message(**changed)}</all>"
        with pytest.raises(BadInput):
            exchange.import_statuses(cast.nam, document, both.encode())
        assert kept_statuses() == 0, changed


GROWING = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE l [<!ENTITY a0 "ha">{GROWING}]>'
BOMBS = {
    "billion laughs": LAUGHS + message(note="&a11;"),
    "one small entity": '<!DOCTYPE l [<!ENTITY f "x">]>' + message(note="&f;"),
    "a file of the server": '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + message(note="&f;"),
    "an address": '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/l.dtd">' + message(),
    "a parameter": '<!DOCTYPE l [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]>' + message(),
    "depth": "<a>" * 100_000 + "</a>" * 100_000,
    "many": "<all>" + "<a/>" * 200_000 + "</all>",
    "size": message(note="a" * (edxml_status.LARGEST + 1)),
    "an unknown entity": message(note="&nbsp;"),
    "no xml": "%PDF-1.7",
    "nothing": "",
    "no status": "<a/>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_means_harm_is_refused_at_once(name: str) -> None:
    with pytest.raises(BadInput):
        edxml_status.read(BOMBS[name].encode())


def test_the_check_sees_a_reader_that_expands_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting(raw: bytes) -> Any:  # planted: the reader of Python, which puts entities in
        root = ElementTree.fromstring(raw)
        for each in root.iter():
            each.tag = each.tag.rpartition("}")[2]
        return root

    monkeypatch.setattr(plain_xml, "read", trusting)
    with pytest.raises(pytest.fail.Exception):
        test_a_file_that_means_harm_is_refused_at_once("one small entity")


# -- the page --------------------------------------------------------------------------------


def test_a_secretary_sends_a_package_and_reads_the_answer_in_words(
    cast: Cast, document: OfficialDocument, sign_in: SignIn
) -> None:
    page = sign_in(cast.nam)
    assert page.post(f"/documents/{document.id}/edxml", data={"sender": "x"}).status_code == 422
    got = page.post(f"/documents/{document.id}/edxml", data={"sender": SENDER})
    assert got.mimetype == "application/xml" and b"edXMLEnvelope" in got.data
    assert "05-TB-VP-2026.edxml" in got.headers["Content-Disposition"]
    at = f"/documents/{document.id}/statuses"

    def send(raw: str) -> Any:
        return page.post(
            at, data={"file": (io.BytesIO(raw.encode()), "s.xml")}, follow_redirects=True
        )

    for code, (words, _tone) in edxml_status.MEANINGS.items():
        answered = send(message(code=code, note="<b>ghi</b>".replace("<", "&lt;")))
        assert f"{code} {words}" in answered.text and "<b>ghi" not in answered.text
    assert "07 Mã chưa rõ nghĩa" in send(message(code="07")).text
    refused = send(BOMBS["billion laughs"])
    assert refused.status_code == 422 and "chưa ghi gì" in refused.text
    assert f'value="{SENDER}"' in page.get(f"/documents/{document.id}/recipients").text
