"""Rows of signing: keys, the signatures a document needs, and hashes given out to be signed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetly.accounts.models import Unit, User
from meetly.extensions import Base


class KeyKind(StrEnum):
    """Where the private key lies."""

    #: a file on the server, locked with a passphrase that is never kept
    PKCS12 = "pkcs12"
    #: a token at the server, opened with a PIN that is never kept
    PKCS11 = "pkcs11"
    #: a token at the signer's own computer; only the certificate is known here
    ELSEWHERE = "elsewhere"


class SigningKey(Base):
    """A certificate by which a person or a unit signs; the secret that opens it is never stored."""

    __tablename__ = "signing_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: whose it is: exactly one of the two
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[KeyKind] = mapped_column(String(20))
    #: PEM of the certificate, with those that lead to its root after it
    certificates: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(300))
    serial: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    #: key of the stored PKCS#12 file; empty for tokens
    file_key: Mapped[str] = mapped_column(String(200), default="")
    #: label of the token and of the key on it; empty for files
    token: Mapped[str] = mapped_column(String(120), default="")
    token_key: Mapped[str] = mapped_column(String(120), default="")
    #: key of the stored picture: blue signature of a person, red seal of a unit; empty when none
    picture_key: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    retired_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit | None] = relationship()


class SignaturePurpose(StrEnum):
    """What a signature stands for."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Signature(Base):
    """One signature a document needs, in its order; signed once."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("document_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("official_document.id"))
    #: 1 signs first; the organisation last
    place: Mapped[int]
    purpose: Mapped[SignaturePurpose] = mapped_column(String(20))
    #: who must sign; for the organisation, who put the seal, none before
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    #: whose seal; none for a person
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    #: "thư ký", "chủ tọa", "người ký": where in the document it stands
    position: Mapped[str] = mapped_column(String(40))
    #: the field of the PDF that holds it
    field: Mapped[str] = mapped_column(String(60))
    #: what the certificate said; empty before
    subject: Mapped[str] = mapped_column(String(300), default="")
    serial: Mapped[str] = mapped_column(String(80), default="")
    signed_at: Mapped[datetime | None]
    #: the PDF that was shown and signed, and the one that came of it
    before_sha256: Mapped[str] = mapped_column(String(64), default="")
    after_sha256: Mapped[str] = mapped_column(String(64), default="")

    user: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()


class PreparedSignature(Base):
    """A hash given out to be signed at the signer's own computer; used once or not at all."""

    __tablename__ = "prepared_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_key.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: the PDF it was made from; worth nothing once another signature is in
    before_sha256: Mapped[str] = mapped_column(String(64))
    #: key of the stored PDF with room for the signature
    file_key: Mapped[str] = mapped_column(String(200))
    #: hex of what the token signs (DER of the signed attributes) and of the document's digest
    attributes: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(128))
    #: where in the file the signature goes, as the library needs it to finish
    plan: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    signature: Mapped[Signature] = relationship()
    key: Mapped[SigningKey] = relationship()
