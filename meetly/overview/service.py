"""Finding words in everything one person may read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from meetly import search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.materials import access as materials
from meetly.materials.models import Material
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.search import Hit, SearchEntry
from meetly.tasks import service as tasks

LONGEST_QUESTION = 200


def found(user: User, words: str) -> list[Hit]:
    """Find words in the transcripts, minutes, materials and tasks this person may read."""
    return search.find(words[:LONGEST_QUESTION], readable_to(user))


def readable_to(user: User) -> ColumnElement[bool]:
    """Return the condition under which a person may find a SearchEntry.

    What belongs to the host is found by the host's keepers, what was handed out by everyone
    invited; a task is found by the units it concerns and by no other guest of the meeting, a paper
    by those who may open it.
    """
    hosts = [unit.id for unit in accounts.units_as(user, Role.SECRETARY, Role.LEADER)]
    hosted = select(Meeting.id).where(Meeting.unit_id.in_(hosts))
    seen = select(Meeting.id).where(meetings.visible_to(user))
    return or_(
        SearchEntry.meeting_id.in_(hosted),
        and_(
            SearchEntry.audience == "invited",
            SearchEntry.kind.not_in(("task", "material")),
            SearchEntry.meeting_id.in_(seen),
        ),
        and_(SearchEntry.kind == "task", SearchEntry.row_id.in_(tasks.visible_ids(user))),
        and_(
            SearchEntry.kind == "material",
            exists().where(Material.id == SearchEntry.row_id, materials.readable_by(user)),
        ),
    )
