"""Official documents as the pages show them: steps, pages, corrections and what may be done."""

from __future__ import annotations

from dataclasses import dataclass

from meetly import clock
from meetly.accounts.models import Role, User
from meetly.extensions import db
from meetly.minutes import difference, kept_papers
from meetly.minutes import service as minutes_service
from meetly.minutes.blocks import BlockKind
from meetly.minutes.difference import BlockChange, Change
from meetly.minutes.issuing import lateness, service
from meetly.minutes.issuing.lateness import Awaited
from meetly.minutes.issuing.models import (
    DocumentKind,
    DocumentStatus,
    OfficialDocument,
    Reopening,
)
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.minutes.printing.models import Print, PrintStatus
from meetly.minutes.signing import service as signing
from meetly.minutes.signing import turns
from meetly.minutes.signing.models import Signature

#: What of the blocks each document says.
_SAYS = {
    DocumentKind.NOTICE: {BlockKind.ASSESSMENT, BlockKind.DIRECTION},
    DocumentKind.MINUTES: set(BlockKind) - {BlockKind.QUESTION},
}
_LIVE = (DocumentStatus.REGISTERED, DocumentStatus.SIGNING, DocumentStatus.SIGNED)


@dataclass(frozen=True)
class Beside:
    """What stands beside minutes: their numbered documents and their last reopening."""

    documents: list[OfficialDocument]
    #: kinds that wait for a number
    to_register: list[DocumentKind]
    may_register: bool
    may_reopen: bool
    reopening: Reopening | None
    #: what changed since the approval that no longer counts
    changes: list[BlockChange]
    awaited: Awaited | None


@dataclass(frozen=True)
class Shown:
    """Everything the page of one document shows to one person."""

    document: OfficialDocument
    steps: list[tuple[DocumentStatus, str]]
    signatures: list[Signature]
    printed: Print | None
    corrections: list[OfficialDocument]
    #: (the other document, whether it is the newer one, what changed)
    compared: list[tuple[OfficialDocument, bool, list[BlockChange]]]
    keeps: bool
    #: the next signature is this reader's
    may_sign: bool
    may_issue: bool
    may_issue_on_paper: bool
    may_cancel: bool


def beside(user: User, minutes: Minutes) -> Beside:
    """Gather the documents of minutes for someone who may read those."""
    keeps = minutes_service.is_keeper(user, minutes)
    found = service.documents_of(minutes)
    if not keeps:
        found = [each for each in found if each.status == DocumentStatus.ISSUED]
    approval = minutes_service.approval_of(minutes)
    is_secretary = minutes_service.is_keeper(user, minutes, Role.SECRETARY)
    there = {
        each.kind
        for each in found
        if approval and each.approval_id == approval.id and each.status != DocumentStatus.CANCELLED
    }
    waiting = [kind for kind in DocumentKind if approval and keeps and kind not in there]
    reopening = service.reopening_of(minutes) if keeps else None
    return Beside(
        documents=found, to_register=waiting, may_register=is_secretary and bool(waiting),
        may_reopen=keeps and minutes.status == MinutesStatus.APPROVED, reopening=reopening,
        changes=_since(minutes, reopening) if minutes.status != MinutesStatus.APPROVED else [],
        awaited=_awaited(minutes) if keeps else None,
    )  # fmt: skip


def shown(user: User, document: OfficialDocument) -> Shown:
    """Gather what the page of a document shows."""
    keeps = minutes_service.is_keeper(user, document.minutes)
    is_secretary = minutes_service.is_keeper(user, document.minutes, Role.SECRETARY)
    status = DocumentStatus(document.status)
    corrections = [
        each
        for each in service.corrections_of(document)
        if keeps or each.status == DocumentStatus.ISSUED
    ]
    following = turns.next_of(document)
    return Shown(
        may_sign=following is not None and turns.may_sign(user, following),
        document=document, steps=_steps(status, document.on_paper),
        signatures=_signatures(document), printed=printed(document), corrections=corrections,
        compared=_compared(document, corrections), keeps=keeps,
        may_issue=is_secretary and status is DocumentStatus.SIGNED,
        may_issue_on_paper=is_secretary and status is DocumentStatus.REGISTERED,
        may_cancel=keeps and status in _LIVE,
    )  # fmt: skip


def printed(document: OfficialDocument) -> Print | None:
    """Return the finished print of a document, if there is one."""
    found = document.printed
    return found if found is not None and found.status == PrintStatus.DONE else None


def picture(document: OfficialDocument, page: int) -> tuple[bytes, str]:
    """Return the picture of a page (from 1) and its format; NotFound when there is none."""
    found = printed(document)
    if found and not document.signed_sha256 and 1 <= page <= len(found.pages):
        kept = found.pages[page - 1]
        return kept_papers.read(kept["sha256"], kept["format"]), str(kept["format"])
    return signing.page_picture(document, page)[0], "png"


def _signatures(document: OfficialDocument) -> list[Signature]:
    query = db.select(Signature).where(Signature.document_id == document.id)
    return list(db.session.scalars(query.order_by(Signature.place)))


def _steps(status: DocumentStatus, on_paper: bool) -> list[tuple[DocumentStatus, str]]:
    """Return each step with how it stands: done, now or todo; a document signed by hand skips."""
    way = [DocumentStatus.REGISTERED, DocumentStatus.SIGNING, DocumentStatus.SIGNED,
           DocumentStatus.ISSUED]  # fmt: skip
    if on_paper:
        way = [DocumentStatus.REGISTERED, DocumentStatus.ISSUED]
    if status is DocumentStatus.CANCELLED:
        return [(DocumentStatus.REGISTERED, "done"), (status, "problem")]
    place = way.index(status)
    last = status is DocumentStatus.ISSUED
    return [
        (step, "done" if number < place or last else "now" if number == place else "todo")
        for number, step in enumerate(way)
    ]


def _compared(
    document: OfficialDocument, corrections: list[OfficialDocument]
) -> list[tuple[OfficialDocument, bool, list[BlockChange]]]:
    pairs = [(document.corrects, False)] if document.corrects else []
    return [
        (other, newer, _between(*((document, other) if newer else (other, document))))
        for other, newer in [*pairs, *((each, True) for each in corrections)]
    ]


def _between(old: OfficialDocument, new: OfficialDocument) -> list[BlockChange]:
    says = _SAYS[DocumentKind(new.kind)]
    changes = difference.between(
        minutes_service.blocks_of(old.minutes, old.approval.version),
        minutes_service.blocks_of(new.minutes, new.approval.version),
    )
    return [c for c in changes if c.change is not Change.SAME and c.block.kind in says]


def _since(minutes: Minutes, reopening: Reopening | None) -> list[BlockChange]:
    if reopening is None:
        return []
    changes = difference.between(
        minutes_service.blocks_of(minutes, reopening.approval.version),
        minutes_service.blocks_of(minutes),
    )
    return [change for change in changes if change.change is not Change.SAME]


def _awaited(minutes: Minutes) -> Awaited | None:
    found = lateness.without_notice(clock.now(), Minutes.id == minutes.id)
    return lateness.standing(minutes, clock.today()) if found else None
