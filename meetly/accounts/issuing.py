"""In whose name a unit issues its papers: the agency of the letterhead and who signs."""

from __future__ import annotations

from meetly.accounts import service as accounts
from meetly.accounts.agency import Agency, agency_of
from meetly.accounts.models import Role, Unit
from meetly.folding import fold


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


def head_of(unit: Unit, agency: Agency) -> str:
    """Find the name of the head among the leaders; empty when nobody holds the post."""
    wanted = fold(agency.post)
    for leader in accounts.people_of([unit.id], Role.LEADER):
        if fold(leader.position).startswith(wanted):
            return leader.name
    return ""
