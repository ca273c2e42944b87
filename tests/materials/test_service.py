"""Documents handed out: who may, which versions are kept, and who has opened what."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import audit, search
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotAllowed, NotFound, TooLarge, WrongState
from meetly.materials import service as materials
from meetly.materials.models import Material, MaterialVersion, Receipt
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.notices import service as notices
from tests.cast import Cast
from tests.materials import samples
from tests.meetings.plans import drafted, scheduled

Database = scoped_session[Session]


def _add(user: User, meeting: Meeting, name: str = "Báo cáo.pdf", **given: object) -> Material:
    return materials.add(user, meeting, name, io.BytesIO(samples.PDF), **given)  # type: ignore[arg-type]


def _stored(app: Flask) -> list[Path]:
    root: Path = app.extensions["meetly_files"]
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_document_is_kept_whole_under_its_hash(cast: Cast) -> None:
    version = _add(cast.nam, scheduled(cast)).current
    assert version.sha256 == hashlib.sha256(samples.PDF).hexdigest()
    assert version.size == len(samples.PDF)
    assert materials.stored_at(version).read_bytes() == samples.PDF
    assert (version.number, version.filename) == (1, "Báo cáo.pdf")
    assert version.media_type == "application/pdf"


def test_the_title_is_the_name_of_the_file_unless_given(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert _add(cast.nam, meeting).title == "Báo cáo"
    assert _add(cast.nam, meeting, title="  Báo cáo   giải ngân ").title == "Báo cáo giải ngân"


def test_the_type_is_judged_from_the_content_and_the_name_follows_it(cast: Cast) -> None:
    source = io.BytesIO(samples.docx())
    version = materials.add(cast.nam, scheduled(cast), "bao-cao.pdf", source).current
    assert version.filename == "bao-cao.docx"


def test_nothing_is_kept_of_a_file_that_is_refused(
    app: Flask, session: Database, cast: Cast
) -> None:
    meeting = scheduled(cast)
    with pytest.raises(BadInput):
        materials.add(cast.nam, meeting, "x.pdf", io.BytesIO(samples.plain_zip()))
    assert session.scalar(select(Material)) is None
    assert _stored(app) == []


def test_a_file_beyond_the_limit_is_refused_and_a_smaller_one_taken(app: Flask, cast: Cast) -> None:
    config = app.extensions["meetly_config"]
    app.extensions["meetly_config"] = replace(config, largest_material=len(samples.PDF))
    meeting = scheduled(cast)
    with pytest.raises(TooLarge):
        materials.add(cast.nam, meeting, "x.pdf", io.BytesIO(samples.PDF + b"\n"))
    assert _add(cast.nam, meeting)


# -- who may hand out ------------------------------------------------------------------------


def test_a_unit_hands_out_papers_for_the_point_it_presents_and_no_other(cast: Cast) -> None:
    meeting = scheduled(cast)
    finance, talk = meeting.agenda
    assert _add(cast.long, meeting, item=finance).agenda_item is finance
    for item in (talk, None):
        with pytest.raises(NotAllowed):
            _add(cast.long, meeting, item=item)
    assert materials.places_for(cast.long, meeting) == [finance]
    assert materials.places_for(cast.nam, meeting) == [None, finance, talk]
    assert materials.places_for(cast.hoa, meeting) == []


def test_leaders_of_the_host_and_other_guests_hand_out_nothing(cast: Cast) -> None:
    meeting = scheduled(cast)
    for user in (cast.khai, cast.hoa, cast.sinh):
        with pytest.raises(NotAllowed):
            _add(user, meeting, item=meeting.agenda[0])


def test_a_point_of_another_meeting_is_not_found(cast: Cast) -> None:
    meeting, other = scheduled(cast), scheduled(cast)
    with pytest.raises(NotFound):
        _add(cast.nam, meeting, item=other.agenda[0])


def test_a_cancelled_meeting_takes_no_more_papers(cast: Cast) -> None:
    meeting = scheduled(cast)
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    with pytest.raises(WrongState):
        _add(cast.nam, meeting)


# -- versions --------------------------------------------------------------------------------


def test_a_newer_version_leaves_the_older_one_as_it_was(cast: Cast) -> None:
    material = _add(cast.nam, scheduled(cast))
    first = material.current
    second = materials.add_version(cast.nam, material, "b.txt", io.BytesIO(samples.TEXT))
    assert (material.current, second.number) == (second, 2)
    assert materials.stored_at(first).read_bytes() == samples.PDF
    assert materials.get_version(cast.hoa, first.id) is first


def test_the_same_bytes_are_no_newer_version(app: Flask, cast: Cast) -> None:
    material = _add(cast.nam, scheduled(cast))
    with pytest.raises(BadInput):
        materials.add_version(cast.nam, material, "b.pdf", io.BytesIO(samples.PDF))
    assert len(material.versions) == len(_stored(app)) == 1


def test_who_opened_an_older_version_is_told_of_the_newer_one(cast: Cast) -> None:
    material = _add(cast.nam, scheduled(cast))
    materials.note_opened(cast.hoa, material.current)
    materials.add_version(cast.nam, material, "b.txt", io.BytesIO(samples.TEXT))
    assert notices.latest(cast.hoa)[0].subject == "Tài liệu có bản mới: Báo cáo"
    assert notices.latest(cast.hoa)[0].link == f"/materials/{material.id}"
    assert "bản mới" not in notices.latest(cast.sinh)[0].subject


def test_who_sees_the_meeting_no_more_is_told_nothing_of_it(cast: Cast) -> None:
    meeting = scheduled(cast)
    material = _add(cast.nam, meeting)
    materials.note_opened(cast.hoa, material.current)
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    materials.add_version(cast.nam, material, "b.txt", io.BytesIO(samples.TEXT))
    assert not any("bản mới" in notice.subject for notice in notices.latest(cast.hoa))


# -- who may read ----------------------------------------------------------------------------


def test_papers_are_read_by_those_who_see_the_meeting(cast: Cast) -> None:
    meeting = scheduled(cast)
    version = _add(cast.nam, meeting).current
    for reader in (cast.nam, cast.khai, cast.long, cast.hoa):
        assert materials.get_version(reader, version.id) is version
        assert len(materials.of_meeting(reader, meeting)) == 1
    for stranger in (cast.chau, cast.quan, cast.la):
        with pytest.raises(NotFound):
            materials.get_version(stranger, version.id)
        assert materials.of_meeting(stranger, meeting) == []


def test_papers_of_a_draft_are_seen_by_its_unit_alone(cast: Cast) -> None:
    meeting = drafted(cast)
    version = _add(cast.nam, meeting).current
    with pytest.raises(NotFound):
        materials.get_version(cast.hoa, version.id)


def test_papers_stand_in_the_order_of_the_agenda(cast: Cast) -> None:
    meeting = scheduled(cast)
    finance, talk = meeting.agenda
    for title, item in (("c", talk), ("b", finance), ("a", None)):
        _add(cast.nam, meeting, title=title, item=item)
    assert [m.title for m in materials.of_meeting(cast.hoa, meeting)] == ["a", "b", "c"]


def test_a_paper_outlives_the_point_it_belonged_to(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast)
    material = _add(cast.nam, meeting, item=meeting.agenda[0])
    plan = replace(meetings.plan_of(meeting), agenda=())
    meetings.change(cast.nam, meeting, meeting.version, plan)
    session.expire_all()
    assert materials.of_meeting(cast.hoa, meeting) == [material]
    assert material.agenda_item is None


# -- taking back -----------------------------------------------------------------------------


def test_a_paper_taken_back_is_gone_for_readers_and_can_be_restored(cast: Cast) -> None:
    meeting = scheduled(cast)
    material = _add(cast.nam, meeting)
    materials.remove(cast.nam, material)
    assert materials.of_meeting(cast.hoa, meeting) == []
    with pytest.raises(NotFound):
        materials.get_version(cast.hoa, material.current.id)
    assert materials.of_meeting(cast.nam, meeting, removed=True) == [material]
    assert materials.of_meeting(cast.hoa, meeting, removed=True) == []
    materials.restore(cast.nam, materials.get(cast.nam, material.id))
    assert materials.of_meeting(cast.hoa, meeting) == [material]
    assert [entry.verb for entry in audit.of(material)] == [
        "materials.restore", "materials.remove", "materials.add",
    ]  # fmt: skip


def test_a_paper_is_found_by_words_until_it_is_taken_back(cast: Cast) -> None:
    material = _add(cast.nam, scheduled(cast), title="Kế hoạch đầu tư công")
    kind = search.SearchEntry.kind == "material"
    assert [hit.link for hit in search.find("dau tu", kind)] == [f"/materials/{material.id}"]
    materials.remove(cast.nam, material)
    assert search.find("dau tu", kind) == []


def test_a_reader_takes_nothing_back(cast: Cast) -> None:
    material = _add(cast.nam, scheduled(cast))
    for reader in (cast.hoa, cast.khai, cast.long):
        with pytest.raises(NotAllowed):
            materials.remove(reader, material)


# -- receipts --------------------------------------------------------------------------------


def test_only_the_first_opening_of_a_version_counts(session: Database, cast: Cast) -> None:
    version = _add(cast.nam, scheduled(cast)).current
    assert materials.note_opened(cast.hoa, version)
    assert not materials.note_opened(cast.hoa, version)
    assert len(session.scalars(select(Receipt)).all()) == 1


def test_receipts_tell_unit_by_unit_who_opened_which_version_and_who_has_not(cast: Cast) -> None:
    meeting = scheduled(cast)
    material = _add(cast.nam, meeting)
    first = material.current
    materials.note_opened(cast.hoa, first)
    materials.add_version(cast.nam, material, "b.txt", io.BytesIO(samples.TEXT))
    materials.note_opened(cast.nam, material.current)  # the host's own reading does not count
    (read,) = materials.receipts(cast.nam, meeting)
    assert [reading.unit for reading in read.opened] == [cast.nam_hoa]
    assert [reading.unit for reading in read.unopened] == [cast.finance]
    (opening,) = read.opened[0].openings
    assert (opening.person, opening.version) == (cast.hoa, first)
    assert read.current == 0
    materials.note_opened(cast.sinh, material.current)
    (read,) = materials.receipts(cast.nam, meeting)
    assert read.current == 1


def test_a_person_with_two_roles_in_a_unit_is_counted_once(cast: Cast) -> None:
    accounts.give_role(None, cast.hoa, cast.nam_hoa, Role.SECRETARY)
    meeting = scheduled(cast)
    materials.note_opened(cast.hoa, _add(cast.nam, meeting).current)
    (read,) = materials.receipts(cast.nam, meeting)
    assert [len(reading.openings) for reading in read.opened] == [1]


def test_receipts_are_for_those_who_hold_the_meeting(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert materials.receipts(cast.khai, meeting) == []
    for guest in (cast.hoa, cast.long):
        with pytest.raises(NotAllowed):
            materials.receipts(guest, meeting)


def test_what_a_person_has_opened_is_known_to_their_list(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast)
    one, two = _add(cast.nam, meeting), _add(cast.nam, meeting)
    materials.note_opened(cast.hoa, one.current)
    both = [*one.versions, *two.versions]
    assert materials.newest_opened(cast.hoa, both) == {one.id: one.current}
    assert session.get(MaterialVersion, two.current.id) is two.current
