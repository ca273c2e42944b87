"""An issued document as one edXML package (QCVN 102:2016/BTTTT), for an outgoing-document system.

Elements carry the prefix edXML throughout, for the central reader of the national axis refuses them
without it although provincial ones accept them; only AttachmentEncoded and what it holds have none.
The order is the one met in working systems; no official schema was at hand, and no package made
here was ever sent to a live axis.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
#: Longest texts of a package (Phụ lục VI, NĐ 30/2020).
LONGEST = {"Subject": 500, "OrganName": 200, "Position": 100, "FullName": 50, "ToPlaces": 1000}
#: What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("edXML", NAMESPACE)


@dataclass(frozen=True)
class Organ:
    """One end of the way of a package."""

    organ_id: str
    name: str
    #: the agency above, empty when there is none
    in_charge: str = ""


@dataclass(frozen=True)
class Attachment:
    """The document itself."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Package:
    """All that an outgoing-document system is told of one document."""

    sender: Organ
    recipients: Sequence[Organ]
    number: str
    notation: str
    place: str
    dated: date
    type_code: str
    type_name: str
    subject: str
    attachment: Attachment
    #: when it was sent, in the time of the sender
    sent_at: datetime
    signer: str = ""
    position: str = ""
    #: "KT. CHÁNH VĂN PHÒNG"; empty when in one's own name
    competence: str = ""
    to_places: Sequence[str] = field(default=())
    page_count: int | None = None

    @property
    def document_id(self) -> str:
        """The name of the document on the axis."""
        return document_id(self.sender.organ_id, self.dated, f"{self.number}/{self.notation}")


def document_id(organ: str, dated: date, code: str) -> str:
    """Name a document: "H37.02.02,2026/11/27,05/TB-VP"."""
    return f"{organ},{dated:%Y/%m/%d},{code}"


def write(package: Package) -> bytes:
    """Return the package as a file of XML in UTF-8."""
    root = Element(_name("edXML"))
    envelope = _under(root, "edXMLEnvelope")
    header = _under(envelope, "edXMLHeader")
    _message_header(_under(header, "MessageHeader"), package)
    traces = _under(header, "TraceHeaderList")
    trace = _under(traces, "TraceHeader")
    _under(trace, "OrganId", package.sender.organ_id)
    _under(trace, "Timestamp", f"{package.sent_at:%Y/%m/%d %H:%M:%S}")
    business = _under(traces, "Bussiness")  # spelt so by the standard
    _under(business, "BussinessDocType", "0")  # a new document
    _under(business, "BussinessDocReason", "")
    _under(header, "DigitalSignature")
    _body(envelope, root, package)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _message_header(header: Element, package: Package) -> None:
    _organ(_under(header, "From"), package.sender)
    for recipient in package.recipients:
        _organ(_under(header, "To"), recipient)
    code = _under(header, "Code")
    _under(code, "CodeNumber", package.number)
    _under(code, "CodeNotation", package.notation)
    promulgation = _under(header, "PromulgationInfo")
    _under(promulgation, "Place", package.place)
    _under(promulgation, "PromulgationDate", f"{package.dated:%Y/%m/%d}")
    kind = _under(header, "DocumentType")
    _under(kind, "Type", "1")  # administrative, not a legal normative document
    _under(kind, "TypeName", package.type_name)
    _under(kind, "TypeDetail", package.type_code)
    _under(header, "Subject", package.subject)
    _under(header, "Content", package.subject)
    signer = _under(header, "SignerInfo")
    _under(signer, "Competence", package.competence)
    _under(signer, "Position", package.position)
    _under(signer, "FullName", package.signer)
    _under(header, "DueDate")
    places = _under(header, "ToPlaces")
    for place in package.to_places:
        _under(places, "Place", place[: LONGEST["ToPlaces"]])
    other = _under(header, "OtherInfo")
    _under(other, "Priority", "0")
    _under(other, "SphereOfPromulgation")
    _under(other, "TyperNotation")
    _under(other, "PromulgationAmount")
    _under(other, "PageAmount", str(package.page_count or ""))
    _under(other, "Appendixes")
    _under(header, "SteeringType", "0")
    _under(header, "DocumentId", package.document_id)


def _body(envelope: Element, root: Element, package: Package) -> None:
    attachment, cid = package.attachment, "cid:van-ban-1"
    manifest = _under(_under(envelope, "edXMLBody"), "edXMLManifest")
    reference = _under(manifest, "Reference")
    _under(reference, "ContentId", cid)
    _under(reference, "ContentType", attachment.media_type)
    _under(reference, "AttachmentName", attachment.name)
    _under(reference, "Description", package.subject)
    encoded = SubElement(SubElement(root, "AttachmentEncoded"), "Attachment")
    for name, text in (
        ("ContentType", attachment.media_type),
        ("ContentId", cid),
        ("Description", _clean(attachment.name)),
        ("ContentTransferEncoded", base64.b64encode(attachment.content).decode("ascii")),
    ):
        SubElement(encoded, name).text = text


def _organ(end: Element, organ: Organ) -> None:
    _under(end, "OrganId", organ.organ_id)
    _under(end, "OrganizationInCharge", organ.in_charge)
    _under(end, "OrganName", organ.name)


def _under(parent: Element, name: str, text: str = "") -> Element:
    element = SubElement(parent, _name(name))
    element.text = _clean(text)[: LONGEST.get(name)] or None
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _clean(text: str) -> str:
    """Leave out what no XML may hold, and line ends that would not survive."""
    return " ".join(_FORBIDDEN.sub("", text).split())
