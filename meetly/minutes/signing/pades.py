"""PAdES signatures: a new revision behind the bytes that were there, which never change.

With `pades_reading` the only place that knows pyHanko. A signature is made in two steps, so that a
key may lie anywhere: `prepare` lays the field, the picture and the room for the signature into the
PDF and returns what has to be signed; `finish` puts the signature in.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from meetly.errors import BadInput
from meetly.minutes.signing import timestamps
from meetly.minutes.signing.appearance import Shown
from meetly.minutes.signing.awaiting import awaited
from meetly.minutes.signing.certificates import is_signature_of
from meetly.minutes.signing.places import Box, Place

DIGEST = "sha256"
#: hexadecimal digits kept free for a signature: 16 KB with chain and time stamp
ROOM = 32 << 10


class Unsignable(BadInput):
    """The PDF cannot take a signature."""

    code = "UNSIGNABLE"
    message = "Tệp PDF này không nhận được chữ ký số. Hãy báo quản trị."


class WrongSignature(BadInput):
    """What came back is no signature of what was given out by the certificate that was named."""

    code = "WRONG_SIGNATURE"
    message = (
        "Chữ ký gửi lên không phải của tài liệu này hoặc không do chứng thư số đã chọn tạo ra; "
        "chưa ký gì."
    )


@dataclass(frozen=True)
class Prepared:
    """A PDF with room for a signature, and what has to be signed."""

    pdf: bytes
    #: DER of the signed attributes: what a key signs with SHA-256
    attributes: bytes
    #: SHA-256 of everything in the PDF but the room
    digest: bytes
    #: first and last+1 byte of the room
    start: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes that a program making a whole CMS signature reads (detached content)."""
        return self.pdf[: self.start] + self.pdf[self.end :]

    def plan(self) -> str:
        """Write down where the room is."""
        return json.dumps([self.start, self.end])


class _Stamper(TimeStamper):
    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = await asyncio.to_thread(timestamps.asked, self._url, req.dump())
        return tsp.TimeStampResp.load(answer)


def prepare(
    pdf: bytes, field: str, shown: Shown, chain: Sequence[x509.Certificate], *,
    name: str, reason: str,
) -> Prepared:  # fmt: skip
    """Lay a field with its picture into a PDF and return what has to be signed.

    Unsignable when the PDF is broken, encrypted, or already has a signature in this field.
    """
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        with tempfile.TemporaryDirectory() as folder:
            signer = PdfSigner(
                _metadata(field, name, reason), _signer(chain), stamp_style=_style(shown, folder),
                new_field_spec=_field(field, shown.place),
            )  # fmt: skip
            digest, output = awaited(_laid(signer, writer))
    except PdfError as error:
        raise Unsignable() from error
    attributes = awaited(
        _signer(chain).signed_attrs(digest.document_digest, DIGEST, use_pades=True)
    )
    return Prepared(
        output, attributes.dump(), digest.document_digest,
        digest.reserved_region_start, digest.reserved_region_end,
    )  # fmt: skip


async def _laid(
    signer: PdfSigner, writer: IncrementalPdfFileWriter
) -> tuple[PreparedByteRangeDigest, bytes]:
    digest, _, output = await signer.async_digest_doc_for_signing(writer, bytes_reserved=ROOM)
    output.seek(0)
    return digest, output.read()


def restored(pdf: bytes, attributes: bytes, digest: bytes, plan: str) -> Prepared:
    """Take up again what was prepared and kept."""
    start, end = json.loads(plan)
    return Prepared(pdf, attributes, digest, start, end)


def finish(
    prepared: Prepared, chain: Sequence[x509.Certificate], signature: bytes, tsa_url: str = ""
) -> bytes:
    """Put a bare signature of the attributes into its room, with a time stamp where one is asked.

    WrongSignature when the certificate's key did not sign exactly these attributes.
    """
    if not is_signature_of(chain[0], signature, prepared.attributes):
        raise WrongSignature()
    attributes = cms.CMSAttributes.load(prepared.attributes)
    signer = _signer(chain, signature)
    stamper = _Stamper(tsa_url) if tsa_url else None
    signed = awaited(
        signer.async_sign_prescribed_attributes(DIGEST, attributes, timestamper=stamper)
    )
    return _filled(prepared, signed.dump())


def finish_with_cms(
    prepared: Prepared, chain: Sequence[x509.Certificate], container: bytes
) -> bytes:
    """Put a CMS signature made elsewhere into its room; WrongSignature when of another PDF."""
    try:
        content = cms.ContentInfo.load(container, strict=True)
        signed = content["content"]
        [info] = signed["signer_infos"]
        attributes = {a["type"].native: a["values"] for a in info["signed_attrs"]}
        digest = attributes["message_digest"][0].native
        mechanism = info["digest_algorithm"]["algorithm"].native
        value, data = info["signature"].native, info["signed_attrs"].untag().dump()
        embedded = signed["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise WrongSignature() from error
    if embedded is not None or digest != prepared.digest or mechanism != DIGEST:
        raise WrongSignature()
    if not is_signature_of(chain[0], value, data):
        raise WrongSignature()
    return _filled(prepared, container)


def _filled(prepared: Prepared, container: bytes) -> bytes:
    if 2 * len(container) > prepared.end - prepared.start - 2:
        raise BadInput("Chữ ký gửi lên dài hơn chỗ dành cho nó trong tệp PDF.")
    output = io.BytesIO(prepared.pdf)
    digest = PreparedByteRangeDigest(prepared.digest, prepared.start, prepared.end)
    digest.fill_with_cms(output, container)
    return output.getvalue()


def place_of(pdf: bytes, field: str) -> Place | None:
    """Find where a signed field stands; none when there is no such field."""
    reader = PdfFileReader(io.BytesIO(pdf))
    for name, value, reference in enumerate_sig_fields(reader):
        if name == field and value is not None:
            widget = reference.get_object()
            left, bottom, right, top = (float(edge) for edge in widget["/Rect"])
            page = _page_of(reader, widget)
            return Place(page, Box(left, bottom, right, top))
    return None


def _page_of(reader: PdfFileReader, widget: Any) -> int:
    wanted = widget.raw_get("/P").reference
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page, _ = reader.find_page_for_modification(number)  # type: ignore[no-untyped-call]
        if page.reference == wanted:
            return number
    return 0


def _metadata(field: str, name: str, reason: str) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=field, md_algorithm=DIGEST, name=name, reason=reason,
        subfilter=SigSeedSubFilter.PADES,
    )  # fmt: skip


def _field(field: str, place: Place) -> SigFieldSpec:
    box = place.box
    edges = tuple(round(edge) for edge in (box.left, box.bottom, box.right, box.top))
    return SigFieldSpec(field, on_page=place.page, box=edges)  # type: ignore[arg-type]


def _style(shown: Shown, folder: str) -> StaticStampStyle:
    whole = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MID,
        y_align=AxisAlignment.ALIGN_MID,
        margins=Margins(0, 0, 0, 0),
    )
    background: Any
    if shown.png:
        picture = Image.open(io.BytesIO(shown.png), formats=("PNG",))
        picture.load()
        background = PdfImage(picture)
    else:
        path = Path(folder) / "words.pdf"
        path.write_bytes(shown.pdf)
        background = ImportedPdfPage(str(path))  # type: ignore[no-untyped-call]
    return StaticStampStyle(
        border_width=0, background=background, background_layout=whole, background_opacity=1.0
    )


def _signer(chain: Sequence[x509.Certificate], signature: bytes | int = 512) -> ExternalSigner:
    certificates = [asn1_x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in chain]
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple(certificates[1:])
    kind = "rsassa_pkcs1v15" if isinstance(chain[0].public_key(), rsa.RSAPublicKey) else "ecdsa"
    named = {"rsassa_pkcs1v15": "sha256_rsa", "ecdsa": "sha256_ecdsa"}[kind]
    return ExternalSigner(
        certificates[0], registry, signature,
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": named}),
    )  # fmt: skip
