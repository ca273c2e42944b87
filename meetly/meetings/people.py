"""People of a province, who may be invited by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from meetly import clock
from meetly.accounts.models import Membership, Role, Unit, User
from meetly.extensions import db
from meetly.folding import fold
from meetly.meetings.models import Meeting

#: How many people one search shows.
SHOWN = 12
#: More people by name than this are a group, which is invited as units.
MOST_PEOPLE = 300
#: Larger numbers are no id of ours, and SQLite cannot hold them.
_LARGEST_ID = 1 << 31


@dataclass(frozen=True)
class Candidate:
    """One person as a list shows them."""

    id: int
    name: str
    position: str
    unit: str

    @property
    def note(self) -> str:
        """Post and unit."""
        return ", ".join(words for words in (self.position, self.unit) if words)


def named(host: Unit, ids: Iterable[int], *, standing: Meeting | None = None) -> list[Candidate]:
    """Return those of these people whom the unit may invite, in the order given.

    Who is invited to the `standing` meeting already stays, even if they have left since.
    """
    wanted = [i for i in dict.fromkeys(ids) if 0 < i < _LARGEST_ID][: MOST_PEOPLE + 1]
    found = {person.id: person for person in _candidates(_of_province(host, wanted))}
    for invitation in standing.personal_invitations if standing else ():
        user = invitation.user
        found.setdefault(user.id, Candidate(user.id, user.name, user.position, ""))
    return [found[i] for i in wanted if i in found]


def search(host: Unit, words: str, limit: int = SHOWN) -> list[Candidate]:
    """Find people of the province by name, post and unit, forgiving case and diacritics."""
    parts = fold(words).split()
    if not parts:
        return []
    everyone = _candidates(_of_province(host).order_by(User.name, User.id))
    return [
        person
        for person in everyone
        if all(part in fold(f"{person.name} {person.note}") for part in parts)
    ][:limit]


def _of_province(host: Unit, ids: list[int] | None = None) -> Select[int, str, str, str]:
    # Who only administers a unit sees no content, and is not invited by it either.
    root = f"/{host.path.split('/')[1]}/"
    query = select(User.id, User.name, User.position, Unit.name)
    query = query.join(Membership, Membership.user_id == User.id)
    query = query.join(Unit, Unit.id == Membership.unit_id)
    if ids is not None:
        query = query.where(User.id.in_(ids))
    return query.where(
        User.active, Membership.role != Role.ADMIN, Unit.path.startswith(root, autoescape=True),
        or_(Unit.valid_to.is_(None), Unit.valid_to >= clock.today()),
    )  # fmt: skip


def _candidates(query: Select[int, str, str, str]) -> list[Candidate]:
    found: dict[int, Candidate] = {}
    for user_id, name, position, unit in db.session.execute(query):
        found.setdefault(user_id, Candidate(user_id, name, position, unit))
    return list(found.values())
