"""Reports due: who owes what by when, what came in time, and who is chased."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.errors import BadInput, NotAllowed, NotFound, WrongState
from meetly.materials import service as materials
from meetly.materials.models import Material
from meetly.materials.reports import service as reports
from meetly.materials.reports.models import ReportRequest
from meetly.materials.reports.standing import Standing, standing
from meetly.materials.uploads import service as uploads
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from meetly.meetings.planning import plan_of
from meetly.notices import service as notices
from meetly.storage import files
from tests.cast import Cast
from tests.meetings.plans import drafted, held_yesterday, scheduled
from tests.queries import counting

Database = scoped_session[Session]
DUE = datetime(2099, 11, 20, 9, tzinfo=UTC)


def ask(
    cast: Cast, meeting: Meeting, *units: Unit, title: str = "Báo cáo tháng"
) -> list[ReportRequest]:
    return reports.request(cast.nam, meeting, title, units or (cast.nam_hoa,), DUE)


def paper(words: str = "Số liệu tháng 11") -> io.BytesIO:
    return io.BytesIO(words.encode())


def told(user: User) -> list[str]:
    return [notice.subject for notice in notices.latest(user)]


# -- how one stands --------------------------------------------------------------------------

BEFORE, AFTER = DUE - timedelta(minutes=1), DUE + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sent", "waived", "now", "stands"),
    [
        (None, None, BEFORE, Standing.OPEN),
        (None, None, DUE, Standing.OPEN),
        (None, None, AFTER, Standing.MISSING),
        (DUE, None, AFTER, Standing.SENT),
        (AFTER, None, AFTER, Standing.LATE),
        (None, BEFORE, AFTER, Standing.WAIVED),
        (AFTER, BEFORE, AFTER, Standing.LATE),
    ],
)
def test_how_a_report_stands_is_computed_from_its_moments(
    sent: datetime | None, waived: datetime | None, now: datetime, stands: Standing
) -> None:
    assert standing(DUE, sent, waived, now) == stands


# -- asking ----------------------------------------------------------------------------------


def test_units_are_asked_once_and_told_once(cast: Cast) -> None:
    meeting = scheduled(cast)
    assert len(ask(cast, meeting, cast.nam_hoa, cast.finance)) == 2
    assert ask(cast, meeting, cast.nam_hoa, cast.finance) == []
    for user in (cast.hoa, cast.sinh, cast.long):
        assert told(user).count("Báo cáo phải nộp: Báo cáo tháng") == 1
    assert [r.unit_id for r in reports.owed_by(cast.hoa)] == [cast.nam_hoa.id]
    assert reports.owed_by(cast.chau) == reports.owed_by(cast.nam) == []


def test_a_draft_asks_in_silence(cast: Cast) -> None:
    meeting = drafted(cast)
    assert len(ask(cast, meeting)) == 1
    assert told(cast.hoa) == []
    assert reports.owed_by(cast.hoa) == []
    meetings.publish(cast.nam, meeting)
    assert len(reports.owed_by(cast.hoa)) == 1


def test_what_cannot_be_asked_is_said(cast: Cast) -> None:
    meeting = scheduled(cast)
    wrong: list[tuple[str, Iterable[Unit], datetime]] = [
        (" \r\n", [cast.nam_hoa], DUE),
        ("Báo cáo", [], DUE),
        ("Báo cáo", [cast.doi_thong], DUE),
        ("Báo cáo", [cast.nam_hoa], clock.now() - timedelta(minutes=1)),
        ("Báo cáo", [cast.nam_hoa], meeting.starts_at + timedelta(minutes=1)),
    ]
    for title, units, due_at in wrong:
        with pytest.raises(BadInput):
            reports.request(cast.nam, meeting, title, units, due_at)
    with pytest.raises(WrongState):
        ask(cast, held_yesterday(cast))
    with pytest.raises(NotFound):
        other = scheduled(cast).agenda[0]
        reports.request(cast.nam, meeting, "Báo cáo", [cast.nam_hoa], DUE, item=other)
    assert reports.of_meeting(cast.nam, meeting) == []


def test_only_the_secretary_of_the_meeting_asks_and_changes(cast: Cast) -> None:
    meeting = scheduled(cast)
    [report] = ask(cast, meeting)
    for user in (cast.khai, cast.sinh, cast.la):
        with pytest.raises(NotAllowed):
            reports.request(user, meeting, "Báo cáo", [cast.nam_hoa], DUE)
        with pytest.raises(NotAllowed):
            reports.waive(user, report)
        with pytest.raises(NotAllowed):
            reports.remind(user, meeting)


@dataclass(frozen=True)
class Expected:
    title: str
    ordinal: int
    unit_ids: tuple[int, ...]
    due_at: datetime


def test_what_a_series_expects_is_asked_for_once_even_when_it_was_withdrawn(cast: Cast) -> None:
    meeting = scheduled(cast)
    due = [
        Expected("Báo cáo tuần", 1, (cast.nam_hoa.id, cast.finance.id), DUE),
        Expected("Số liệu", 0, (cast.nam_hoa.id,), DUE),
    ]
    opened = reports.open_for(meeting, due)
    assert [(r.title, r.unit_id, r.agenda_item_id) for r in opened] == [
        ("Báo cáo tuần", cast.nam_hoa.id, meeting.agenda[0].id),
        ("Báo cáo tuần", cast.finance.id, meeting.agenda[0].id),
        ("Số liệu", cast.nam_hoa.id, None),
    ]
    assert reports.open_for(meeting, due) == []
    reports.withdraw(cast.nam, opened[0])
    assert reports.open_for(meeting, due) == []
    later = [replace(due[0], unit_ids=(*due[0].unit_ids, cast.office.id))]
    assert [r.unit_id for r in reports.open_for(meeting, later)] == [cast.office.id]


def test_a_new_deadline_for_all_units_is_told_to_those_who_still_owe(cast: Cast) -> None:
    meeting = scheduled(cast)
    first, second = ask(cast, meeting, cast.finance, cast.nam_hoa)
    reports.file(cast.long, first, "a.txt", paper())
    later = DUE + timedelta(days=1)
    changed = reports.change(
        cast.nam, second, title="Báo cáo tuần", due_at=later, note="Mẫu 2", everywhere=True
    )
    assert {r.due_at for r in changed} == {later}
    assert told(cast.sinh)[0] == "Đổi hạn nộp báo cáo: Báo cáo tuần"
    assert "Đổi hạn" not in " ".join(told(cast.long))


def test_one_unit_may_get_more_time_without_the_others(cast: Cast) -> None:
    first, second = ask(cast, scheduled(cast), cast.finance, cast.nam_hoa)
    later = DUE + timedelta(days=1)
    reports.change(cast.nam, second, title=second.title, due_at=later)
    assert (first.due_at, second.due_at) == (DUE, later)


def test_two_reports_of_a_unit_cannot_be_called_the_same(cast: Cast) -> None:
    meeting = scheduled(cast)
    [first] = ask(cast, meeting)
    [_second] = ask(cast, meeting, title="Số liệu")
    with pytest.raises(BadInput):
        reports.change(cast.nam, first, title="Số liệu", due_at=DUE)


# -- filing ----------------------------------------------------------------------------------


def test_a_unit_files_its_own_and_the_first_time_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = scheduled(cast)
    [report] = ask(cast, meeting)
    material = reports.file(cast.hoa, report, "bao-cao.txt", paper())
    first = report.sent_at
    assert material.title == "Báo cáo tháng (UBND xã Nậm Hoa)"
    assert reports.owed_by(cast.hoa) == []
    monkeypatch.setattr(clock, "now", lambda: DUE + timedelta(hours=1))
    assert reports.file(cast.sinh, report, "bao-cao.txt", paper("Bản sửa")) is material
    assert (material.current.number, report.sent_at) == (2, first)
    assert reports.standing_of(report) == Standing.SENT
    assert [entry.verb for entry in audit.of(report)] == ["reports.file"] * 2


def test_nobody_files_for_another_unit(cast: Cast) -> None:
    [report] = ask(cast, scheduled(cast))
    for user in (cast.long, cast.nam, cast.khai):
        with pytest.raises(NotAllowed):
            reports.file(user, report, "a.txt", paper())
    for stranger in (cast.chau, cast.la, cast.quan):
        with pytest.raises(NotFound):
            reports.file(stranger, report, "a.txt", paper())
        with pytest.raises(NotFound):
            reports.get(stranger, report.id)
    with pytest.raises(NotFound):
        reports.get(cast.long, report.id)  # invited, but it is not theirs
    assert report.material is None


def test_what_cannot_be_taken_in_leaves_nothing(session: Database, cast: Cast) -> None:
    [report] = ask(cast, scheduled(cast))
    session.commit()
    with pytest.raises(BadInput):
        reports.file(cast.hoa, report, "a.exe", io.BytesIO(b"MZ\x90\x00" * 20))
    session.rollback()
    assert session.scalars(select(Material)).all() == []
    assert reports.get(cast.hoa, report.id).sent_at is None


def test_a_report_is_replaced_until_the_meeting_begins_and_still_taken_late(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = scheduled(cast)
    [first] = ask(cast, meeting)
    [second] = ask(cast, meeting, title="Số liệu")
    reports.file(cast.hoa, first, "a.txt", paper())
    monkeypatch.setattr(clock, "now", lambda: meeting.starts_at)
    with pytest.raises(WrongState):
        reports.file(cast.hoa, first, "a.txt", paper("Bản sửa"))
    reports.file(cast.hoa, second, "b.txt", paper("Muộn"))
    assert reports.standing_of(second) == Standing.LATE


def test_a_report_the_secretary_took_back_has_not_come(cast: Cast) -> None:
    [report] = ask(cast, scheduled(cast))
    wrong = reports.file(cast.hoa, report, "a.txt", paper("Nhầm"))
    materials.remove(cast.nam, wrong)
    assert reports.standing_of(report) == Standing.OPEN
    assert reports.owed_by(cast.hoa) == [report]
    right = reports.file(cast.hoa, report, "a.txt", paper("Đúng"))
    assert right is not wrong
    assert reports.standing_of(report) == Standing.SENT


def test_a_document_sent_in_pieces_becomes_the_report(session: Database, cast: Cast) -> None:
    meeting = scheduled(cast)
    [report] = ask(cast, meeting)
    with pytest.raises(NotAllowed):
        uploads.begin(
            cast.long, meeting, "a.txt", 5, at=uploads.aim(cast.long, meeting, request_id=report.id)
        )
    at = uploads.aim(cast.hoa, meeting, request_id=report.id)
    upload = uploads.begin(cast.hoa, meeting, "a.txt", 5, at=at)
    session.commit()
    uploads.append(cast.hoa, upload.upload_id, 0, b"So 11")
    session.commit()
    assert uploads.finish(upload)
    session.commit()
    session.refresh(report)
    assert report.material is not None and report.sent_at is not None
    assert files.path(report.material.current.storage_key).read_bytes() == b"So 11"


def test_a_waived_report_is_owed_no_more_and_a_withdrawn_one_is_gone(cast: Cast) -> None:
    meeting = scheduled(cast)
    [report] = ask(cast, meeting)
    reports.waive(cast.nam, report)
    reports.waive(cast.nam, report)
    assert len(audit.of(report)) == 1
    assert reports.owed_by(cast.hoa) == []
    reports.waive(cast.nam, report, waived=False)
    assert reports.owed_by(cast.hoa) == [report]
    reports.file(cast.hoa, report, "a.txt", paper())
    with pytest.raises(WrongState):
        reports.withdraw(cast.nam, report)
    [other] = ask(cast, meeting, title="Số liệu")
    upload = uploads.begin(
        cast.hoa, meeting, "a.txt", 5, at=uploads.aim(cast.hoa, meeting, request_id=other.id)
    )
    reports.withdraw(cast.nam, other)
    assert upload.report_request_id is None
    assert reports.of_meeting(cast.nam, meeting) == [report]


# -- seeing and chasing ----------------------------------------------------------------------


def test_a_unit_sees_what_it_owes_and_hosts_see_everybody(cast: Cast) -> None:
    meeting = scheduled(cast)
    ask(cast, meeting, cast.finance, cast.nam_hoa)
    assert len(reports.of_meeting(cast.khai, meeting)) == 2
    assert [r.unit_id for r in reports.of_meeting(cast.hoa, meeting)] == [cast.nam_hoa.id]


def test_a_unit_that_is_invited_no_more_owes_nothing(cast: Cast) -> None:
    meeting = scheduled(cast)
    ask(cast, meeting)
    plan = replace(plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)
    assert reports.owed_by(cast.hoa) == []


def test_the_board_puts_whoever_misses_most_first(cast: Cast) -> None:
    meeting = scheduled(cast, unit_ids=(cast.finance.id, cast.nam_hoa.id, cast.doi_thong.id))
    month = ask(cast, meeting, cast.finance, cast.nam_hoa, cast.doi_thong)
    ask(cast, meeting, cast.nam_hoa, cast.doi_thong, title="Số liệu")
    reports.file(cast.chau, month[2], "a.txt", paper())
    board = reports.board(reports.of_meeting(cast.nam, meeting), DUE + timedelta(hours=1))
    assert [line.unit.code for line in board.lines] == ["LG.NH", "LG.STC", "LG.DT"]
    assert [(column.title, dict(column.counts)) for column in board.columns] == [
        ("Báo cáo tháng", {Standing.MISSING: 2, Standing.SENT: 1}),
        ("Số liệu", {Standing.MISSING: 2}),
    ]
    assert [cell and cell.standing for cell in board.lines[1].cells] == [Standing.MISSING, None]
    assert board.awaited == 4


def test_the_secretary_reminds_each_unit_once_a_day_of_all_it_owes(cast: Cast) -> None:
    meeting = scheduled(cast)
    ask(cast, meeting, cast.finance, cast.nam_hoa)
    ask(cast, meeting, title="Số liệu")
    assert reports.remind(cast.nam, meeting) == 3
    assert reports.remind(cast.nam, meeting) == 0
    assert told(cast.hoa)[0] == "Nhắc nộp báo cáo: Báo cáo tháng, Số liệu"
    with pytest.raises(WrongState):
        reports.remind(cast.nam, drafted(cast))


def test_seventy_five_units_with_three_reports_take_a_few_queries(
    session: Database, cast: Cast
) -> None:
    communes = [
        accounts.add_unit(
            None, code=f"LG.{n}", name=f"UBND xã {n}", kind=UnitKind.COMMUNE, parent=cast.province
        )
        for n in range(75)
    ]
    accounts.give_role(None, cast.chau, communes[0], Role.PARTICIPANT)
    meeting = scheduled(cast, unit_ids=tuple(unit.id for unit in communes), agenda=())
    for title in ("Một", "Hai", "Ba"):
        rows = ask(cast, meeting, *communes, title=title)
        reports.file(cast.chau, rows[0], "a.txt", paper(title))
    session.commit()
    session.expire_all()
    meeting = meetings.get(cast.nam, meeting.id)
    with counting() as sent:
        board = reports.board(reports.of_meeting(cast.nam, meeting), clock.now())
    assert (len(board.lines), board.awaited) == (75, 222)
    assert len(sent) < 8
