"""A person invited by name: Châu, whose ward is not invited; her colleagues must learn nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly.accounts import service as accounts
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotFound
from meetly.materials import named
from meetly.materials import service as materials
from meetly.meetings import people
from meetly.meetings import service as meetings
from meetly.meetings.models import MeetingStatus, PersonalInvitation
from meetly.meetings.plan import AgendaPlan
from meetly.notices import service as notices
from meetly.notices.models import Mail
from meetly.overview import service as overview
from tests.cast import PASSWORD, Cast
from tests.meetings.plans import drafted, scheduled

GOLDEN = Path(__file__).parent.parent / "golden" / "mails"
SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def colleague(cast: Cast) -> User:
    """Give the leader of Châu's ward, who was not invited."""
    user = accounts.add_user(None, login="dong", name="Người Đồng Nghiệp", password=PASSWORD)
    accounts.give_role(None, user, cast.doi_thong, Role.LEADER)
    return user


def _told(user: User) -> list[str]:
    return [notice.subject.split(":")[0] for notice in notices.latest(user)]


# -- who sees it -----------------------------------------------------------------------------


def test_she_sees_the_meeting_and_her_colleagues_do_not(cast: Cast, colleague: User) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    assert meetings.get(cast.chau, meeting.id) is meeting
    assert meetings.upcoming(cast.chau) == [meeting]
    with pytest.raises(NotFound):
        meetings.get(colleague, meeting.id)
    assert meetings.upcoming(colleague) == []


def test_a_draft_is_not_hers_to_see(cast: Cast) -> None:
    meeting = drafted(cast, people_ids=(cast.chau.id,))
    with pytest.raises(NotFound):
        meetings.get(cast.chau, meeting.id)


def test_its_pages_and_papers_open_for_her_alone(
    session: Database, cast: Cast, colleague: User, sign_in: SignIn
) -> None:
    meeting = scheduled(cast, title="Giao ban chimhoangyen", people_ids=(cast.chau.id,))
    paper = materials.add(cast.nam, meeting, "a.txt", io.BytesIO(b"so lieu"), title="Báo cáo")
    session.commit()
    pages = [
        f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/materials", f"/materials/{paper.id}",
        f"/materials/versions/{paper.current.id}",
    ]  # fmt: skip
    hers, theirs = sign_in(cast.chau), sign_in(colleague)
    assert [hers.get(page, buffered=True).status_code for page in pages] == [200] * 4
    assert [theirs.get(page, buffered=True).status_code for page in pages] == [404] * 4
    for page in ("/", "/meetings", "/meetings/month?month=2099-11"):
        assert "chimhoangyen" not in theirs.get(page).text
    assert "chimhoangyen" in hers.get("/meetings").text
    assert hers.get(f"/meetings/{meeting.id}/change").status_code == 403
    assert overview.found(cast.chau, "chimhoangyen")
    assert not overview.found(colleague, "chimhoangyen")


def test_she_is_no_site(session: Database, cast: Cast, sign_in: SignIn) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    session.commit()
    assert cast.doi_thong not in [unit for unit, _row in meetings.roll(meeting)]
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}").text
    assert "<dt>Điểm cầu</dt><dd>2</dd>" in page
    assert "<dt>Mời đích danh</dt><dd>Nguyễn Bảo Châu</dd>" in page


# -- who may be invited ----------------------------------------------------------------------


def test_strangers_administrators_and_closed_accounts_cannot_be_invited(cast: Cast) -> None:
    cast.hoa.active = False
    for wrong in (cast.la.id, cast.quan.id, cast.hoa.id, 999_999, 10**30, -1):
        with pytest.raises(BadInput):
            drafted(cast, people_ids=(wrong,))


def test_who_left_since_may_stay_invited(cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    cast.chau.active = False
    plan = replace(meetings.plan_of(meeting), place="Phòng 2")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert meeting.place == "Phòng 2"


def test_people_are_found_by_name_post_and_unit_without_diacritics(cast: Cast) -> None:
    cast.chau.position = "Chánh Văn phòng"

    def found(words: str) -> list[str]:
        return [person.name for person in people.search(cast.office, words)]

    assert found("nguyen bao") == found("chau doi thong") == found("CHANH chau")
    assert found("nguyen bao") == ["Nguyễn Bảo Châu"]
    assert found("la") == found("quan") == found("") == found("  ") == []
    assert len(people.search(cast.office, "n", limit=2)) == 2
    (person,) = people.named(cast.office, [cast.chau.id, cast.la.id])
    assert person.note == "Chánh Văn phòng, UBND phường Đồi Thông"


def test_a_person_of_two_units_is_one_person(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.nam_hoa, Role.LEADER)
    assert len(people.search(cast.office, "bao chau")) == 1
    meeting = scheduled(cast, people_ids=(cast.chau.id, cast.chau.id))
    assert len(meeting.personal_invitations) == 1


def test_a_meeting_of_people_alone_is_published(cast: Cast) -> None:
    meeting = drafted(cast, unit_ids=(), agenda=(), people_ids=(cast.chau.id,))
    assert meetings.publish(cast.nam, meeting) == 2
    assert meeting.status == MeetingStatus.SCHEDULED


# -- what she is told ------------------------------------------------------------------------


def test_she_hears_of_the_invitation_the_change_and_the_end(cast: Cast, colleague: User) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    plan = replace(meetings.plan_of(meeting), place="Phòng 2")
    meetings.change(cast.nam, meeting, meeting.version, plan)
    meetings.cancel(cast.nam, meeting, "Mưa lũ")
    assert _told(cast.chau) == ["Hủy cuộc họp", "Thay đổi cuộc họp", "Mời họp"]
    assert _told(colleague) == []


def test_who_is_named_later_is_invited_and_nobody_else_is_told(cast: Cast) -> None:
    meeting = scheduled(cast)
    plan = replace(meetings.plan_of(meeting), people_ids=(cast.chau.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert _told(cast.chau) == ["Mời họp"]
    assert [len(_told(user)) for user in (cast.hoa, cast.long, cast.khai)] == [1, 1, 1]


def test_who_is_taken_out_is_told_so_by_name(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    plan = replace(meetings.plan_of(meeting), people_ids=())
    meetings.change(cast.nam, meeting, meeting.version, plan)
    mails = select(Mail).where(Mail.recipient == cast.chau.email).order_by(Mail.id.desc())
    mail = session.scalars(mails).first()
    assert mail is not None
    golden = (GOLDEN / "meetings_withdrawn_person.txt").read_text(encoding="utf-8")
    assert f"{mail.subject}\n\n{mail.text}" == golden
    with pytest.raises(NotFound):
        meetings.get(cast.chau, meeting.id)
    assert len(_told(cast.hoa)) == 1


def test_who_stays_invited_another_way_hears_of_neither(cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.hoa.id,))
    plan = meetings.plan_of(meeting)
    meetings.change(cast.nam, meeting, meeting.version, replace(plan, people_ids=()))
    named_again = replace(plan, unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, named_again)
    assert _told(cast.hoa) == ["Mời họp"]
    assert _told(cast.sinh) == ["Không còn trong thành phần họp", "Mời họp"]


def test_her_row_stays_when_something_else_changes(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id, cast.hoa.id))
    kept = session.scalars(select(PersonalInvitation.id).order_by(PersonalInvitation.id)).first()
    plan = replace(meetings.plan_of(meeting), place="Phòng 2", people_ids=(cast.chau.id,))
    found = meetings.change(cast.nam, meeting, meeting.version, plan)
    assert [row.id for row in meeting.personal_invitations] == [kept]
    assert [(c.part, c.after) for c in found] == [
        ("place", "Phòng 2"), ("people", "Nguyễn Bảo Châu"),
    ]  # fmt: skip


def test_a_new_chair_gets_the_whole_invitation(cast: Cast) -> None:
    accounts.give_role(None, cast.chau, cast.province, Role.LEADER)
    meeting = scheduled(cast)
    plan = replace(meetings.plan_of(meeting), chair_id=cast.chau.id)
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert _told(cast.chau) == ["Mời họp"]
    assert _told(cast.khai) == _told(cast.hoa) == ["Thay đổi cuộc họp", "Mời họp"]


# -- what she has read -----------------------------------------------------------------------


def test_whether_she_has_read_is_listed_beside_the_units(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id, cast.hoa.id))
    paper = materials.add(cast.nam, meeting, "a.txt", io.BytesIO(b"mot"))
    (reading,) = named.readings(meeting, [paper])[paper.id]  # Hoa is counted with her commune
    assert (reading.person, reading.number, reading.current) == (cast.chau, 0, False)
    materials.note_opened(cast.chau, paper.current)
    materials.add_version(cast.nam, paper, "a.txt", io.BytesIO(b"hai"))
    (reading,) = named.readings(meeting, [paper])[paper.id]
    assert (reading.number, reading.current) == (1, False)
    session.commit()
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/materials/receipts").text
    assert "Được mời đích danh: 1 người" in page
    assert "2 đơn vị đã mở" in page
    assert materials.remind(cast.nam, meeting) == 4
    assert _told(cast.chau)[0] == "Nhắc đọc tài liệu"
    materials.note_opened(cast.chau, paper.current)
    assert named.readings(meeting, [paper])[paper.id][0].current


# -- the agenda ------------------------------------------------------------------------------


def test_a_changed_agenda_is_told_point_by_point(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast)
    plan = meetings.plan_of(meeting)
    first, _talk = plan.agenda
    agenda = (
        AgendaPlan("Thu ngân sách", unit_id=cast.finance.id, duration=10),
        replace(first, duration=20),
    )
    meetings.change(cast.nam, meeting, meeting.version, replace(plan, agenda=agenda))
    mails = select(Mail).where(Mail.recipient == cast.hoa.email).order_by(Mail.id.desc())
    mail = session.scalars(mails).first()
    assert mail is not None
    golden = (GOLDEN / "meetings_agenda_changed.txt").read_text(encoding="utf-8")
    text = re.sub(r"/answer/[^?]+", "/answer/TOKEN", mail.text)
    assert f"{mail.subject}\n\n{text}" == golden
