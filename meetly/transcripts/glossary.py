"""A unit's glossary: learnt from corrections, used at its next meetings, weeded by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import NotAllowed, NotFound
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts.lessons import is_proper, lessons
from meetly.transcripts.models import GlossaryTerm, Segment, Transcript

#: A term that is no name is used once it was corrected so often.
OFTEN = 2
#: Terms used at one meeting, the latest first: a glossary stays quick however long it grows.
MOST = 1_000
_LONGEST = 200


def learn(segment: Segment, before: str, after: str) -> list[GlossaryTerm]:
    """Keep what a correction teaches with the unit that holds the meeting; counts grow."""
    transcript = db.session.get_one(Transcript, segment.transcript_id)
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    heard_as = {row["now"].lower(): row["was"].lower() for row in segment.repairs or ()}
    found = []
    for heard, meant in lessons(before, after):
        # what the repair wrote was not heard: next time the engine writes the same as now
        term = _term(meeting, heard_as.get(heard) or heard, meant)
        if term is not None:
            found.append(term)
    return found


def refuse(segment: Segment, repair: Mapping[str, str]) -> GlossaryTerm | None:
    """Keep that a name was heard right where the repair wrote another; the next time it stays."""
    if repair["why"] not in ("name", "glossary"):
        return None
    transcript = db.session.get_one(Transcript, segment.transcript_id)
    meeting = db.session.get_one(Meeting, transcript.meeting_id)
    return _term(meeting, repair["was"].lower(), repair["was"])


def applied(unit_id: int) -> list[tuple[str, str]]:
    """List (heard, meant) that the next meeting of a unit may use: names, and what came twice."""
    query = select(GlossaryTerm).where(GlossaryTerm.unit_id == unit_id)
    terms = db.session.scalars(query.order_by(GlossaryTerm.at.desc(), GlossaryTerm.id).limit(MOST))
    return [(term.heard, term.meant) for term in terms if is_applied(term)]


def is_applied(term: GlossaryTerm) -> bool:
    """Say whether a term is used, or waits to be corrected so once more."""
    return term.count >= OFTEN or is_proper(term.meant)


def units_of(user: User) -> list[Unit]:
    """List the units whose glossary a person reads: those they keep or lead."""
    return accounts.units_as(user, Role.SECRETARY, Role.LEADER)


def terms_of(units: Sequence[Unit]) -> list[GlossaryTerm]:
    """List the terms of some units by what is heard."""
    ids = [unit.id for unit in units]
    query = select(GlossaryTerm).where(GlossaryTerm.unit_id.in_(ids))
    return list(db.session.scalars(query.order_by(GlossaryTerm.heard, GlossaryTerm.meant)))


def remove(user: User, term_id: int) -> GlossaryTerm:
    """Take a term out of the glossary, as its unit's secretary may; NotFound to strangers."""
    term = db.session.get(GlossaryTerm, term_id)
    roles = accounts.roles_in(user, term.unit_id) if term else set()
    if term is None or not roles & {Role.SECRETARY, Role.LEADER}:
        raise NotFound()
    if Role.SECRETARY not in roles:
        raise NotAllowed()
    audit.record(user.id, "transcripts.forget_term", term, heard=term.heard, meant=term.meant)
    db.session.delete(term)
    db.session.flush()
    return term


def _term(meeting: Meeting, heard: str, meant: str) -> GlossaryTerm | None:
    """Count one more correction of a term, or write it down; None for nothing worth keeping."""
    if max(len(heard), len(meant)) > _LONGEST:
        return None
    query = select(GlossaryTerm).where(
        GlossaryTerm.unit_id == meeting.unit_id,
        GlossaryTerm.heard == heard,
        GlossaryTerm.meant == meant,
    )
    term = db.session.scalar(query)
    if term is None:
        term = GlossaryTerm(
            unit_id=meeting.unit_id, meeting_id=meeting.id, heard=heard, meant=meant, count=1,
            at=clock.now(),
        )  # fmt: skip
        try:
            with db.session.begin_nested():
                db.session.add(term)
        except IntegrityError:  # somebody corrects the same in this moment
            term = db.session.scalars(query).one()
        else:
            return term
    term.count, term.meeting_id, term.at = GlossaryTerm.count + 1, meeting.id, clock.now()
    db.session.flush()
    return term
