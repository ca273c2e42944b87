"""Which signatures a document needs, and in which order: people first, the organisation last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from meetly.minutes.models import MinutesVersion
from meetly.minutes.signing.models import Signature, SignaturePurpose

#: what a signature stands under, as people say it
SECRETARY, CHAIR, SIGNER, ORGANISATION = "thư ký", "chủ tọa", "người ký", "cơ quan"
#: position -> what the frozen facts call it
_FACTS = {SECRETARY: "secretary", CHAIR: "chair", SIGNER: "signer"}
#: position -> field of the PDF
FIELDS = {
    SECRETARY: "ThuKy", CHAIR: "ChuToa", SIGNER: "NguoiKy", ORGANISATION: "CoQuan",
}  # fmt: skip


def plan(document: OfficialDocument) -> list[Signature]:
    """Write the rows of the signatures a document needs; asking again changes nothing."""
    held = list(db.session.scalars(rows_of(document)))
    if held:
        return held
    people = (SECRETARY, CHAIR) if document.kind == DocumentKind.MINUTES else (SIGNER,)
    rows = [
        Signature(
            document_id=document.id, place=place, purpose=SignaturePurpose.PERSON,
            user_id=_id(person_of(document, position)), position=position, field=FIELDS[position],
        )
        for place, position in enumerate(people, 1)
    ]  # fmt: skip
    rows.append(
        Signature(
            document_id=document.id,
            place=len(rows) + 1,
            purpose=SignaturePurpose.ORGANISATION,
            unit_id=document.minutes.meeting.unit_id,
            position=ORGANISATION,
            field=FIELDS[ORGANISATION],
        )
    )
    db.session.add_all(rows)
    db.session.flush()
    return rows


def rows_of(document: OfficialDocument) -> Any:
    """Return the query of a document's signatures in their order."""
    return select(Signature).where(Signature.document_id == document.id).order_by(Signature.place)


def name_of(document: OfficialDocument, position: str) -> str:
    """Return the name that the document itself writes under a position; empty when left blank."""
    query = select(MinutesVersion.facts).where(
        MinutesVersion.minutes_id == document.minutes_id,
        MinutesVersion.number == document.approval.version,
    )
    facts = db.session.scalar(query) or {}
    said = facts.get(_FACTS.get(position, "")) or {}
    return str(said.get("name") or "")


def person_of(document: OfficialDocument, position: str) -> User | None:
    """Find the account of who is named under a position; none when nobody fits the name."""
    meeting = document.minutes.meeting
    name = fold(name_of(document, position))
    known = {SECRETARY: meeting.secretary, CHAIR: meeting.chair}.get(position)
    if known is not None and fold(known.name) == name:
        return known
    approver = document.approval.approved_by
    here = accounts.people_of([meeting.unit_id], Role.LEADER, Role.SECRETARY)
    fitting = [user for user in (approver, *here) if name and fold(user.name) == name]
    return fitting[0] if fitting else None


def _id(user: User | None) -> int | None:
    return user.id if user else None
