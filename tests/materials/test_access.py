"""A paper for some is not there for the others: no page, file, search, notice or mail tells."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, true
from sqlalchemy.orm import Session, scoped_session

from meetly import audit
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotFound
from meetly.materials import access, named
from meetly.materials import service as materials
from meetly.materials.access import OPEN, Terms
from meetly.materials.models import Access, Guard, Material, MaterialUnit
from meetly.materials.reports.models import ReportRequest
from meetly.materials.viewing import service as viewing
from meetly.meetings.models import Meeting
from meetly.minutes import gathering
from meetly.notices.models import Mail, Notice
from meetly.overview import service as overview
from meetly.transcripts import vocabulary
from tests.cast import PEOPLE, Cast
from tests.materials import samples
from tests.materials.papers import CANARY, CHAIR, add_version, for_units, hand_out
from tests.meetings.plans import drafted, scheduled

SignIn = Callable[[User], FlaskClient]
Database = scoped_session[Session]


@pytest.fixture
def meeting(session: Database, cast: Cast) -> Meeting:
    made = scheduled(cast)
    session.commit()
    return made


def readers(cast: Cast, material: Material) -> set[str]:
    """Name the people who find the paper by every way there is; all ways must agree."""
    found = set()
    for name in PEOPLE:
        person = getattr(cast, name)
        ways = {
            "condition": access.may_open(person, material),
            "list": material in materials.of_meeting(person, material.meeting),
            "paper": _finds(lambda: materials.get(person, material.id)),  # noqa: B023
            "version": _finds(lambda: materials.get_version(person, material.current.id)),  # noqa: B023
            "page": _finds(lambda: viewing.page(person, material.current.id, 1)),  # noqa: B023
            "title": _searches(person, CANARY),
            "words": _searches(person, f"lời của {CANARY}"),
        }
        assert len(set(ways.values())) == 1, (name, ways)
        found |= {name} if ways["list"] else set()
    return found


def _finds(look: Callable[[], object]) -> bool:
    try:
        look()
    except NotFound:
        return False
    return True


def _searches(person: User, words: str) -> bool:
    return any(hit.kind == "material" for hit in overview.found(person, words))


HOST = {"nam", "khai"}
COMMUNE = {"sinh", "hoa"}


@pytest.mark.parametrize(
    ("kind", "presented", "expected"),
    [
        (Access.ALL, False, HOST | COMMUNE | {"long"}),
        (Access.UNITS, False, HOST | COMMUNE),
        (Access.CHAIR, False, HOST),
        (Access.ALL, True, HOST | COMMUNE | {"long"}),
        (Access.UNITS, True, HOST | COMMUNE | {"long"}),
        (Access.CHAIR, True, HOST | {"long"}),
    ],
)
def test_every_way_to_a_paper_is_open_to_the_same_people(
    cast: Cast, meeting: Meeting, kind: Access, presented: bool, expected: set[str]
) -> None:
    units = frozenset({cast.nam_hoa.id}) if kind == Access.UNITS else frozenset()
    user, item = (cast.long, meeting.agenda[0]) if presented else (cast.nam, None)
    material = hand_out(user, meeting, Terms(kind, units), item=item)
    assert readers(cast, material) == expected


def test_the_check_sees_a_search_that_forgot_to_ask_who_may_open(
    cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = hand_out(cast.nam, meeting, CHAIR)
    monkeypatch.setattr(overview, "readable_to", lambda _user: true())
    with pytest.raises(AssertionError, match="quan"):
        readers(cast, material)


def test_a_paper_of_a_draft_is_for_nobody_but_its_unit(cast: Cast) -> None:
    material = hand_out(cast.nam, drafted(cast), OPEN)
    assert readers(cast, material) == HOST


def test_the_chair_may_open_every_paper_wherever_the_chair_belongs(
    session: Database, cast: Cast, meeting: Meeting
) -> None:
    meeting.chair_id = cast.sinh.id
    session.flush()
    assert readers(cast, hand_out(cast.nam, meeting, CHAIR)) == HOST | {"sinh"}


def test_the_unit_that_owed_a_report_may_open_it_though_it_is_for_the_chair(
    session: Database, cast: Cast, meeting: Meeting
) -> None:
    material = hand_out(cast.nam, meeting, CHAIR)
    owed = ReportRequest(
        meeting_id=meeting.id, unit_id=cast.nam_hoa.id, title="Báo cáo", due_at=meeting.starts_at,
        material_id=material.id, created_by_id=cast.nam.id, created_at=meeting.created_at,
    )  # fmt: skip
    session.add(owed)
    session.flush()
    assert readers(cast, material) == HOST | COMMUNE


def test_a_unit_that_is_named_but_not_invited_any_more_opens_nothing(
    session: Database, cast: Cast, meeting: Meeting
) -> None:
    material = hand_out(cast.nam, meeting, for_units(cast))
    session.add(MaterialUnit(material_id=material.id, unit_id=cast.doi_thong.id))
    session.flush()
    assert "chau" not in readers(cast, material)


# -- changing the terms ----------------------------------------------------------------------


def test_closing_a_paper_takes_it_from_the_others_at_once_and_is_written_down(
    session: Database, cast: Cast, meeting: Meeting
) -> None:
    material = hand_out(cast.nam, meeting, OPEN)
    assert readers(cast, material) == HOST | COMMUNE | {"long"}
    viewing.change_terms(cast.nam, material, CHAIR)
    assert readers(cast, material) == HOST
    viewing.change_terms(cast.nam, material, for_units(cast))
    assert readers(cast, material) == HOST | COMMUNE
    viewing.change_terms(cast.nam, material, OPEN)
    assert readers(cast, material) == HOST | COMMUNE | {"long"}
    entries = [e for e in audit.of(material) if e.verb == "materials.change_terms"]
    assert [entry.details["access"] for entry in entries] == ["all", "units", "chair"]
    assert entries[0].details["before"]["units"] == [cast.nam_hoa.id]


def test_only_the_secretary_of_the_host_changes_terms(cast: Cast, meeting: Meeting) -> None:
    material = hand_out(cast.long, meeting, OPEN, item=meeting.agenda[0])
    for person in (cast.long, cast.khai, cast.hoa, cast.la):
        with pytest.raises(NotAllowed):
            viewing.change_terms(person, material, CHAIR)


@pytest.mark.parametrize("strangers", [False, True])
def test_terms_that_reach_nobody_or_strangers_are_refused(
    session: Database, cast: Cast, meeting: Meeting, strangers: bool
) -> None:
    units = frozenset({cast.doi_thong.id}) if strangers else frozenset()
    with pytest.raises(BadInput):
        hand_out(cast.nam, meeting, Terms(Access.UNITS, units))
    assert session.scalar(select(Material)) is None


# -- what tells of a paper without being asked -----------------------------------------------


def test_no_page_and_no_mail_tells_the_others_of_a_paper_for_some(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    chair = hand_out(cast.nam, meeting, CHAIR)
    some = hand_out(cast.nam, meeting, for_units(cast))
    materials.note_opened(cast.long, some.current)  # while it was still open to finance
    add_version(cast.nam, some, samples.printed(f"Mới {CANARY}"))
    assert materials.remind(cast.nam, meeting) == 2  # the commune's two, for the one paper
    session.commit()
    assert not _told(session, cast.long)
    assert _told(session, cast.hoa)
    for person, closed in ((cast.long, [chair, some]), (cast.hoa, [chair])):
        browser = sign_in(person)
        addresses = [f"/materials/{m.id}" for m in closed]
        addresses += [f"/materials/versions/{v.id}" for m in closed for v in m.versions]
        addresses += [f"/materials/versions/{m.current.id}/pages/{n}" for m in closed for n in "12"]
        for address in addresses:
            answer = browser.get(address)
            assert (answer.status_code, CANARY in answer.text) == (404, False), address
    browser = sign_in(cast.long)
    for address in (
        "/", f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/materials", "/notices", "/search",
        "/search?q=loi cua", "/search?q=moi", "/search?q=bao cao", "/meetings", "/api/meetings",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200 and CANARY not in answer.text, address
    assert CANARY in sign_in(cast.hoa).get("/search?q=moi").text


def _told(session: Database, person: User) -> bool:
    said = session.execute(
        select(Notice.subject, Notice.body, Mail.text)
        .outerjoin(Mail, Mail.notice_id == Notice.id)
        .where(Notice.user_id == person.id)
    )
    return any(CANARY in str(words) for row in said for words in row)


def test_minutes_and_the_words_an_engine_expects_name_no_paper_for_some(
    cast: Cast, meeting: Meeting
) -> None:
    hand_out(cast.nam, meeting, CHAIR)
    hand_out(cast.nam, meeting, for_units(cast))
    hand_out(cast.nam, meeting, OPEN, title="Báo cáo chung")
    facts = gathering.facts_of(meeting)
    assert "Báo cáo chung" in str(facts.materials) and CANARY not in str(facts.materials)
    assert CANARY not in str(vocabulary.of(meeting).titles)


def test_receipts_count_only_those_who_may_open(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    hand_out(cast.nam, meeting, for_units(cast), title="Một số")
    hand_out(cast.nam, meeting, CHAIR, title="Chủ trì")
    hand_out(cast.long, meeting, CHAIR, title="Của Sở", item=meeting.agenda[0])
    hand_out(cast.nam, meeting, OPEN, title="Tất cả")
    counted = {
        read.material.title: {reading.unit.code for reading in read.readings}
        for read in materials.receipts(cast.nam, meeting)
    }
    assert counted == {
        "Một số": {"LG.NH"}, "Chủ trì": set(), "Của Sở": {"LG.STC"}, "Tất cả": {"LG.NH", "LG.STC"},
    }  # fmt: skip
    page = sign_in(cast.nam).get(f"/meetings/{meeting.id}/materials/receipts").text
    assert page.count("Chỉ chủ trì được mở") == 1


# -- the pages -------------------------------------------------------------------------------


def test_access_is_chosen_with_the_upload_and_shown_on_the_paper(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    browser = sign_in(cast.nam)
    data = {
        "files": [(io.BytesIO(samples.TEXT), "a.txt")], "place": "0", "access": "units",
        "units": [str(cast.nam_hoa.id)], "guard": "stamped",
    }  # fmt: skip
    answer = browser.post(f"/meetings/{meeting.id}/materials", data=data)
    assert answer.status_code == 302
    material = session.scalars(select(Material)).one()
    assert access.terms_of(material) == Terms(
        Access.UNITS, frozenset({cast.nam_hoa.id}), Guard.STAMPED
    )
    page = browser.get(f"/materials/{material.id}").text
    assert "Một số đơn vị" in page and "UBND xã Nậm Hoa" in page and "Đóng dấu" in page
    assert "1 đơn vị được mở" in browser.get(f"/meetings/{meeting.id}/materials").text


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"access": "units"}, "Hãy chọn ít nhất một đơn vị"),
        ({"access": "units", "units": ["999999999999999999999"]}, "chọn"),
        ({"access": "everyone"}, "Hãy chọn một mục trong danh sách."),
        ({"guard": "no\r\nne"}, "Hãy chọn một mục trong danh sách."),
    ],
)
def test_what_cannot_be_chosen_keeps_nothing_and_says_so(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn,
    chosen: dict[str, object], said: str,
) -> None:  # fmt: skip
    data = {"files": [(io.BytesIO(samples.TEXT), "a.txt")], "place": "0", **chosen}
    answer = sign_in(cast.nam).post(f"/meetings/{meeting.id}/materials", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalar(select(Material)) is None


def test_the_secretary_changes_terms_on_a_page_of_their_own(
    session: Database, cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    material = hand_out(cast.nam, meeting, for_units(cast))
    browser = sign_in(cast.nam)
    address = f"/materials/{material.id}/terms"
    shown = browser.get(address).text
    assert 'value="units" checked' in shown or "checked" in shown
    assert browser.post(address, data={"access": "chair", "guard": "none"}).status_code == 302
    assert access.terms_of(material) == CHAIR
    assert browser.post(address, data={"access": "units", "guard": "none"}).status_code == 422
    reader = sign_in(cast.hoa)
    assert reader.get(address).status_code == 403
    assert sign_in(cast.la).get(address).status_code == 404


# -- people invited by name ------------------------------------------------------------------


def test_who_is_invited_by_name_opens_what_everyone_may_and_hears_of_nothing_else(
    session: Database, cast: Cast, sign_in: SignIn
) -> None:
    meeting = scheduled(cast, people_ids=(cast.chau.id,))
    for terms in (CHAIR, for_units(cast)):
        assert "chau" not in readers(cast, hand_out(cast.nam, meeting, terms))
    common = hand_out(cast.nam, meeting, OPEN, samples.TEXT, name="a.txt", title="Báo cáo chung")
    assert access.may_open(cast.chau, common)
    found = materials.receipts(cast.nam, meeting)
    by_name = named.readings(meeting, [read.material for read in found])
    assert [key for key, people in by_name.items() if people] == [common.id]
    materials.remind(cast.nam, meeting)
    session.commit()
    assert not _told(session, cast.chau)
    assert CANARY not in sign_in(cast.chau).get(f"/meetings/{meeting.id}/materials").text
