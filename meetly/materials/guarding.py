"""What of a guarded document is handed to whom, and whose name it then carries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import User
from meetly.materials import service
from meetly.materials.models import Guard, Material
from meetly.meetings import service as meetings


class Handing(StrEnum):
    """In what shape a person gets a document."""

    #: the bytes as they were handed in
    ORIGINAL = "original"
    #: a copy whose every page names the reader
    STAMPED = "stamped"
    #: pictures of its pages, each naming the reader
    PAGES = "pages"


def handing(user: User, material: Material) -> Handing:
    """Tell how a person who may open a document gets it.

    Those who hand it out have the file anyway. The leaders and secretaries of the unit that holds
    the meeting may take a copy of what others only look at, and the copy names them.
    """
    if material.guard == Guard.NONE:
        return Handing.ORIGINAL
    if service.may_add(user, material.meeting, material.agenda_item):
        return Handing.ORIGINAL
    if material.guard == Guard.STAMPED or meetings.is_host(user, material.meeting):
        return Handing.STAMPED
    return Handing.PAGES


def words_for(user: User, material: Material, at: datetime) -> str:
    """Say who looks, from where and when (Vietnamese time): what a stamp reads."""
    units = accounts.units_as(user, *meetings.GUESTS)
    invited = meetings.invited_unit_ids(material.meeting) | {material.meeting.unit_id}
    unit = next((unit for unit in units if unit.id in invited), units[0] if units else None)
    said = [user.name, unit.name if unit else user.login, f"{clock.local(at):%d/%m/%Y %H:%M}"]
    return " · ".join(" ".join(word.split()) for word in said)
