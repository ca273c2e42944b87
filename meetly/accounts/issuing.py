"""In whose name a unit issues its papers: the agency of the letterhead and who signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from meetly.accounts import delegations
from meetly.accounts import service as accounts
from meetly.accounts.agency import Agency, agency_of
from meetly.accounts.models import Role, Unit, User
from meetly.folding import fold


@dataclass(frozen=True)
class Signer:
    """Who signs a unit's papers on a day, and the lines above the name."""

    #: none when nobody holds the post
    user: User | None
    #: one a line: "KT. CHÁNH VĂN PHÒNG" over "PHÓ CHÁNH VĂN PHÒNG"; the bare post for the head
    position: str

    @property
    def name(self) -> str:
        """Full name; empty when nobody holds the post."""
        return self.user.name if self.user else ""


def committee_above(unit: Unit) -> Unit | None:
    """Return the people's committee a unit belongs to; none when it is one without a superior."""
    above = unit.parent
    while above is not None and not above.name.startswith(("UBND", "Ủy ban nhân dân")):
        above = above.parent
    return above


def issuer(unit: Unit) -> Agency:
    """Return how a unit is written in the papers it issues."""
    committee = committee_above(unit)
    return agency_of(unit.name, unit.kind, committee.name if committee else "")


def signer_on(unit: Unit, agency: Agency, day: date) -> Signer:
    """Return who signs a unit's papers on a day: who stands in while one is delegated, or the head.

    Never two: while a delegation runs, the head's own name stands on no paper.
    """
    delegation = delegations.running(unit.id, day)
    if delegation is not None:
        return Signer(delegation.deputy, "\n".join(delegations.above_name(delegation)))
    return Signer(_head(unit, agency), agency.post)


def _head(unit: Unit, agency: Agency) -> User | None:
    """Find the head among the leaders; None when nobody holds the post."""
    wanted = fold(agency.post)
    for leader in accounts.people_of([unit.id], Role.LEADER):
        if fold(leader.position).startswith(wanted):
            return leader
    return None
