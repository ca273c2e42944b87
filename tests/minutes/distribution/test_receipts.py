"""Who received an issued document and who has opened it: told once, counted once, by people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, UnitKind, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.extensions import db
from meetly.meetings.models import Consent, PersonalInvitation
from meetly.minutes.distribution import receipts, service
from meetly.minutes.distribution.models import Channel, Delivery
from meetly.minutes.distribution.opening import open_deliveries
from meetly.minutes.distribution.reading import received_by
from meetly.minutes.issuing.models import OfficialDocument
from meetly.notices.models import Mail, Notice
from tests.cast import Cast
from tests.minutes.distribution import issued as told
from tests.minutes.distribution.issued import issued, minutes_of

SignIn = Callable[[User], FlaskClient]

PREFETCHES = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"Purpose": "preview"},
    {"X-Moz": "prefetch"},
]


@pytest.fixture
def document(cast: Cast) -> OfficialDocument:
    made = issued(cast.nam, cast.khai, minutes_of(cast))
    db.session.commit()
    return made


def of(document: OfficialDocument, unit_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.document_id == document.id, Delivery.unit_id == unit_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def may_read(user: User, document: OfficialDocument) -> bool:
    query = select(OfficialDocument.id).where(OfficialDocument.id == document.id, received_by(user))
    return db.session.scalar(query) is not None


def issued_notices(user: User, document: OfficialDocument) -> list[Notice]:
    query = select(Notice).where(
        Notice.user_id == user.id, Notice.key == f"document:{document.id}:issued"
    )
    return list(db.session.scalars(query))


# -- opening ---------------------------------------------------------------------------------


def test_the_host_and_every_invited_unit_receive_it_once_and_are_told_by_mail(
    cast: Cast, document: OfficialDocument
) -> None:
    received = {each.recipient for each in service.distribution(document).deliveries}
    invited = (cast.office, cast.finance, cast.nam_hoa, cast.doi_thong)
    assert received == {unit.name for unit in invited}
    for person in (cast.khai, cast.nam, cast.long, cast.sinh, cast.hoa, cast.chau):
        [notice] = issued_notices(person, document)
        assert "05/TB-VP" in notice.subject and notice.link == f"/documents/{document.id}"
        mails = select(Mail).where(Mail.notice_id == notice.id)
        assert len(list(db.session.scalars(mails))) == 1
    assert not issued_notices(cast.quan, document) and not issued_notices(cast.la, document)


def test_opening_again_adds_and_tells_nobody_twice(cast: Cast, document: OfficialDocument) -> None:
    assert open_deliveries(cast.nam, document) == []
    assert len(service.distribution(document).deliveries) == 4
    assert len(issued_notices(cast.hoa, document)) == 1


def test_a_unit_under_noi_nhan_receives_it_and_other_lines_are_shown(cast: Cast) -> None:
    minutes = minutes_of(cast)
    lines = "- Các sở, ban, ngành;\n- Sở Xây dựng;\n- UBND tỉnh Khác;\n- Lưu: VT."
    spread = service.distribution(issued(cast.nam, cast.khai, minutes, recipients=lines))
    assert cast.builders.id in {each.unit_id for each in spread.deliveries}
    # a name may be that of a unit in another province: it is shown, not sent
    assert list(spread.unmatched) == ["Các sở, ban, ngành", "UBND tỉnh Khác"]


def test_two_units_of_one_name_receive_it_each(cast: Cast, document: OfficialDocument) -> None:
    twin = accounts.add_unit(
        None, code="LG.STC2", name=cast.finance.name, kind=UnitKind.DEPARTMENT, parent=cast.province
    )
    [delivery] = service.add_units(cast.nam, document, [twin])
    assert delivery.recipient == "Sở Tài chính (LG.STC2)"


# -- who may read ----------------------------------------------------------------------------


def test_those_it_was_sent_to_may_read_it_and_nobody_else(
    cast: Cast, document: OfficialDocument
) -> None:
    people = (cast.khai, cast.nam, cast.long, cast.sinh, cast.hoa, cast.chau, cast.quan, cast.la)
    assert [user.login for user in people if may_read(user, document)] == [
        "khai", "nam", "long", "sinh", "hoa", "chau",
    ]  # fmt: skip
    document.public_at = clock.now()
    assert all(may_read(user, document) for user in people)


def test_people_named_by_the_meeting_may_read_it_whatever_their_unit(
    cast: Cast, document: OfficialDocument
) -> None:
    meeting = document.minutes.meeting
    invited = PersonalInvitation(meeting_id=meeting.id, user_id=cast.la.id)
    db.session.add(invited)
    db.session.flush()
    assert may_read(cast.la, document) and not may_read(cast.quan, document)
    invited.user_id, invited.attendee_id = cast.hoa.id, cast.la.id
    db.session.flush()
    assert not may_read(cast.la, document)  # nobody has agreed to the substitute
    invited.consent = Consent.GRANTED
    meeting.chair_id = cast.quan.id
    db.session.flush()
    assert may_read(cast.la, document) and may_read(cast.quan, document)


def test_what_is_not_issued_is_read_by_nobody_though_marked(cast: Cast) -> None:
    document = told.registered(cast.nam, cast.khai, minutes_of(cast))
    document.public_at = clock.now()
    unsent = Delivery(unit_id=cast.nam_hoa.id, recipient="x", sent_at=clock.now())
    unsent.document_id = document.id
    db.session.add(unsent)
    assert not may_read(cast.hoa, document)
    assert service.note_opened(cast.hoa, document) == 0


def test_a_unit_added_later_reads_from_then_on(cast: Cast, document: OfficialDocument) -> None:
    builder = accounts.add_user(None, login="tho", name="Thợ", password="mật khẩu dài đủ")
    accounts.give_role(None, builder, cast.builders, Role.PARTICIPANT)
    db.session.refresh(builder)
    assert not may_read(builder, document)
    service.add_units(cast.nam, document, [cast.builders])
    assert may_read(builder, document) and len(issued_notices(builder, document)) == 1


# -- receipts --------------------------------------------------------------------------------


def test_the_first_reader_of_a_unit_is_its_receipt_for_those_bytes(
    app: Flask, cast: Cast, document: OfficialDocument, sign_in: SignIn
) -> None:
    assert sign_in(cast.hoa).get(f"/documents/{document.id}").status_code == 200
    receipt = of(document, cast.nam_hoa.id)
    first = receipt.opened_at
    assert first is not None and receipt.opened_by_id == cast.hoa.id
    assert receipt.opened_sha256 == document.signed_sha256 != document.pdf_sha256
    sign_in(cast.sinh).get(f"/documents/{document.id}")
    again = of(document, cast.nam_hoa.id)
    assert (again.opened_at, again.opened_by_id) == (first, cast.hoa.id)
    assert of(document, cast.doi_thong.id).opened_at is None
    [entry] = [each for each in audit.of(again) if each.verb == "distribution.open"]
    assert entry.details == {"sha256": document.signed_sha256}


def test_nobody_has_read_what_a_browser_fetched_ahead(
    app: Flask, cast: Cast, document: OfficialDocument, sign_in: SignIn
) -> None:
    reader = sign_in(cast.hoa)
    for headers in PREFETCHES:
        reader.get(f"/documents/{document.id}", headers=headers)
    reader.head(f"/documents/{document.id}")
    assert of(document, cast.nam_hoa.id).opened_at is None


def test_the_check_sees_a_receipt_that_a_prefetch_wrote(
    app: Flask, cast: Cast, document: OfficialDocument, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(receipts, "LOOKING_AHEAD", ())  # planted: no header is looked at
    with pytest.raises(AssertionError):
        test_nobody_has_read_what_a_browser_fetched_ahead(app, cast, document, sign_in)


def test_a_stranger_leaves_no_receipt(cast: Cast, document: OfficialDocument) -> None:
    assert service.note_opened(cast.la, document) == 0
    assert service.note_opened(cast.quan, document) == 0
    assert service.distribution(document).opened == []


# -- reminding and adding --------------------------------------------------------------------


def test_a_reminder_goes_to_who_has_not_opened_it_and_once_a_day(
    cast: Cast, document: OfficialDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.note_opened(cast.hoa, document)
    assert service.remind(cast.nam, document) == 4  # Khải, Nam, Long, Châu
    assert service.remind(cast.nam, document) == 0
    key = f"document:{document.id}:remind:{clock.today()}"
    reminded = set(db.session.scalars(select(Notice.user_id).where(Notice.key == key)))
    assert reminded == {cast.khai.id, cast.nam.id, cast.long.id, cast.chau.id}
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert service.remind(cast.nam, document) == 4


def test_an_outside_organisation_needs_a_name_and_a_true_identifier(
    cast: Cast, document: OfficialDocument
) -> None:
    added = service.add_outside(cast.nam, document, "Bộ  Nội vụ", " g09.01 ")
    assert (added.recipient, added.organ_id) == ("Bộ Nội vụ", "G09.01")
    assert added.channel == Channel.EDXML and added.unit_id is None
    for name, organ in (
        ("Bộ Tài chính", "không có"), ("", "G12"), ("Bộ Khác", "G09.01"), ("Bộ Nội vụ", "G99"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            service.add_outside(cast.nam, document, name, organ)
    assert service.add_outside(cast.nam, document, "Cũ", "000.00.12.H28").organ_id


def test_only_who_keeps_it_sends_it_on(cast: Cast, document: OfficialDocument) -> None:
    for user in (cast.la, cast.hoa, cast.long, cast.quan):
        with pytest.raises(NotFound):
            service.get_to_keep(user, document.id)
        with pytest.raises(NotAllowed):
            service.add_units(user, document, [cast.builders])
        with pytest.raises(NotAllowed):
            service.publish(user, document)
    with pytest.raises(NotAllowed):
        service.remind(cast.khai, document)  # the leader reads who opened it
    assert service.add_units(cast.nam, document, [cast.other_province]) == []


def test_nothing_goes_out_before_it_is_issued(cast: Cast) -> None:
    document = told.registered(cast.nam, cast.khai, minutes_of(cast))
    for verb in (
        lambda: service.add_units(cast.nam, document, [cast.builders]),
        lambda: service.add_outside(cast.nam, document, "Bộ Nội vụ", "G09"),
        lambda: service.remind(cast.nam, document),
        lambda: service.publish(cast.nam, document),
    ):
        with pytest.raises(WrongState):
            verb()


# -- the page --------------------------------------------------------------------------------


def test_the_page_says_who_has_opened_it_and_does_it_all_without_scripts(
    cast: Cast, document: OfficialDocument, sign_in: SignIn
) -> None:
    service.note_opened(cast.hoa, document)
    page, at = sign_in(cast.nam), f"/documents/{document.id}/recipients"
    shown = page.get(at).text
    assert "1/4 đơn vị đã mở" in shown and cast.hoa.name in shown
    assert document.signed_sha256[:12] in shown
    added = page.post(f"{at}/units", data={"units": cast.builders.id}, follow_redirects=True)
    assert "1/5 đơn vị đã mở" in added.text
    outside = page.post(f"{at}/outside", data={"recipient": "Bộ Nội vụ", "organ": "sai"})
    assert outside.status_code == 422 and "chưa đúng dạng" in outside.text
    assert "Bộ Nội vụ" in outside.text  # what was typed is kept
    page.post(f"{at}/outside", data={"recipient": "Bộ Nội vụ", "organ": "G09"})
    with_ministry = page.get(at).text
    assert "<code>G09</code>" in with_ministry
    assert "chưa thử với trục liên thông" in with_ministry
    assert "Đã nhắc 4 người" in page.post(f"{at}/remind", follow_redirects=True).text


def test_the_page_of_what_is_not_issued_says_so(cast: Cast, sign_in: SignIn) -> None:
    document = told.registered(cast.nam, cast.khai, minutes_of(cast))
    shown = sign_in(cast.nam).get(f"/documents/{document.id}/recipients")
    assert shown.status_code == 200 and "Văn bản chưa phát hành" in shown.text
