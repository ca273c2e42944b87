"""How the last conclusions went: right to the figure, for whom it concerns, frozen once shown."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from meetly import audit, clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotAllowed, WrongState
from meetly.extensions import db
from meetly.materials import access
from meetly.materials import service as materials
from meetly.materials.models import Access, Material
from meetly.meetings.models import Invitation, Meeting, MeetingStatus
from meetly.meetings.series.models import Series
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.paper_parts import Letterhead
from meetly.tasks.carried import service
from meetly.tasks.carried.counting import Content, Line, Standing, content_of, rows
from meetly.tasks.carried.document import CarriedPaper, carried_docx
from meetly.tasks.carried.models import CarriedReport
from tests.cast import PASSWORD, Cast, recall
from tests.conftest import missing
from tests.document_text import as_text, paragraphs, read
from tests.tasks import ordered
from tests.tasks.many import many_workers
from tests.tasks.ordered import AGENDA_ITEM, at
from workers import carry_forward

GOLDEN = Path(__file__).parent.parent / "golden" / "carried.docx.txt"
OF_OTHERS = "chỉ Đồi Thông biết"


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Move the clock: to noon of a day in Vietnam, or to an hour of it ("2026-12-21T08")."""

    def move(moment: str) -> None:
        day, _t, hour = moment.partition("T")
        monkeypatch.setattr(clock, "now", lambda: at(day, int(hour or 12)))

    return move


class Story:
    """November's briefing with eleven tasks, October's with two, and December's to come."""

    def __init__(self, cast: Cast) -> None:
        db.session.execute(update(Unit).values(valid_from=date(2025, 7, 1)))
        db.session.expire_all()
        every = (cast.finance, cast.nam_hoa, cast.doi_thong)
        self.series = Series(
            unit_id=cast.office.id, title="Giao ban tháng", rule="FREQ=MONTHLY",
            starts_on=date(2026, 1, 19), begins=time(8), duration=120,
            created_by_id=cast.nam.id, created_at=at("2026-01-05"),
        )  # fmt: skip
        self.october = ordered.meeting(cast, "2026-10-19", *every)
        self.november = ordered.meeting(cast, "2026-11-23", *every)
        self.december = ordered.meeting(
            cast, "2026-12-21", cast.finance, cast.nam_hoa, cast.doi_thong,
            status=MeetingStatus.SCHEDULED, agenda=("Khai mạc", AGENDA_ITEM),
        )  # fmt: skip
        before = ordered.concluded(self.october)
        self.old = ordered.task(before, cast.finance, "việc cũ còn treo", "2026-11-01")
        ordered.task(before, cast.finance, "việc cũ đã xong", "2026-11-01", done="2026-10-30")
        self.minutes = ordered.concluded(self.november)
        give = partial(ordered.task, self.minutes)
        for number in range(4):
            give(cast.finance, f"xong hạn {number}", "2026-12-10", done=f"2026-12-0{number + 1}")
        give(cast.nam_hoa, "xong đúng ngày hạn", "2026-12-10", done="2026-12-10")
        give(cast.nam_hoa, "xong trễ hai ngày", "2026-12-10", done="2026-12-12")
        self.late = give(
            cast.doi_thong, f"quá hạn {OF_OTHERS}", "2026-12-15", said="vướng mặt bằng", percent=40
        )
        give(cast.doi_thong, "chờ đồng ý", "2026-12-15", claimed="2026-12-14")
        self.open = give(cast.nam_hoa, "còn hạn", "2027-01-31", helped_by=cast.finance)
        give(cast.nam_hoa, "không hạn")
        taken_back = give(cast.nam_hoa, "thu hồi", "2026-12-01")
        taken_back.cancelled_at = at("2026-11-30")
        db.session.commit()


@pytest.fixture
def story(cast: Cast, on: Callable[[str], None]) -> Story:
    on("2026-12-20")
    return Story(cast)


#: counted by hand from the story, on 20/12/2026
BY_HAND = {
    Standing.DONE_IN_TIME: 5, Standing.DONE_LATE: 1, Standing.OVERDUE: 1, Standing.CLAIMED: 1,
    Standing.OPEN_IN_TIME: 1, Standing.UNDATED: 1,
}  # fmt: skip


def seen(user: User, meeting: Meeting) -> service.View:
    found = service.view(user, meeting)
    assert found is not None
    return found


def recounted(meeting_id: int, day: str) -> Counter[str]:
    """Count the tasks of a meeting by another program: plain SQL, local dates by hand."""
    rows = db.session.execute(text("SELECT * FROM task WHERE meeting_id = :m"), {"m": meeting_id})
    found: Counter[str] = Counter()
    for row in rows.mappings():
        if row["cancelled_at"]:
            continue
        done = row["completed_at"] and (
            datetime.fromisoformat(str(row["completed_at"])[:19]) + timedelta(hours=7)
        ).date().isoformat()  # fmt: skip
        due = str(row["due"]) if row["due"] else None
        if done:
            found["done_late" if due and done > due else "done_in_time"] += 1
        elif row["claimed_at"]:
            found["claimed"] += 1
        elif due is None:
            found["undated"] += 1
        else:
            found["overdue" if due < day else "open_in_time"] += 1
    return found


# -- counting --------------------------------------------------------------------------------


def test_every_task_is_counted_once_and_right_to_the_figure(story: Story, cast: Cast) -> None:
    found = seen(cast.khai, story.november)  # October's, for November: one late one, one done
    assert found.previous == story.october
    assert found.totals.counts == {Standing.OVERDUE: 1, Standing.DONE_IN_TIME: 1}
    found = seen(cast.khai, story.december)
    assert found.previous == story.november
    assert found.totals.counts == BY_HAND
    assert found.totals.counts == recounted(story.november.id, "2026-12-20")
    assert found.totals.total == 10 and found.totals.done == 6 and found.is_whole


def test_lines_tell_days_reasons_and_the_latest_first(story: Story, cast: Cast) -> None:
    lines = seen(cast.khai, story.december).lines
    first = lines[0]
    assert first.task_id == story.late.id
    assert (first.days_late, first.percent, first.reason) == (5, 40, "vướng mặt bằng")
    late = next(line for line in lines if line.standing is Standing.DONE_LATE)
    assert (late.text, late.days_late) == ("xong trễ hai ngày", 2)
    assert [line.days_late for line in lines[2:]] == [0] * 8
    assert not any("thu hồi" in line.text for line in lines)


def test_what_is_still_open_from_before_goes_on(story: Story, cast: Cast) -> None:
    service.prepare(cast.nam, story.november, story.october.id)
    db.session.commit()
    found = seen(cast.khai, story.december)
    assert found.totals.counts == BY_HAND | {Standing.OVERDUE: 2}
    assert found.lines[0].task_id == story.old.id and found.lines[0].days_late == 49
    assert found.lines[0].earlier_day == date(2026, 10, 19)


def test_a_series_goes_on_by_itself(story: Story, cast: Cast) -> None:
    db.session.add(story.series)
    db.session.flush()
    for meeting in (story.october, story.november, story.december):
        meeting.series_id, meeting.occurrence = story.series.id, meeting.starts_at
    ordered.meeting(cast, "2026-12-14", cast.finance)  # of the unit, but not of the series
    db.session.commit()
    found = seen(cast.khai, story.december)
    assert found.previous == story.november
    assert found.totals.counts == BY_HAND | {Standing.OVERDUE: 2}


def test_units_of_which_the_same_is_told_share_a_row() -> None:
    same = [
        Line(n, 1, "", "Cập nhật", f"xã {n}", n, (), "2026-W48", "2026-11-27",
             Standing.OPEN_IN_TIME, 0, 0, "") for n in range(75)
    ]  # fmt: skip
    other = replace(same[7], reason="mất mạng")
    found = rows([*same[:7], other, *same[8:]])
    assert [len(row.leads) for row in found] == [74, 1]
    assert found[1].line.reason == "mất mạng"
    content = content_of([*same, other])
    paper = replace(PAPER, lines=content.lines, totals=content.totals)
    said = as_text(carried_docx(paper))
    assert "75 đơn vị" in said and "xã 74" in said and "mất mạng" in said


@given(st.lists(st.tuples(st.sampled_from(Standing), st.integers(0, 9), st.text()), max_size=30))
def test_a_report_is_read_back_as_it_was_kept(told: list[tuple[Standing, int, str]]) -> None:
    lines = [
        Line(n, 1, "", words, f"đơn vị {n % 3}", n % 3, (n,), "", "2026-12-10", how, days, 0, words)
        for n, (how, days, words) in enumerate(told)
    ]
    content = content_of(lines, {3, 1, 2})
    kept = json.loads(json.dumps(content.to_json()))
    again = Content.from_json(kept)
    assert again == content and again.sha256 == content.sha256
    assert content.totals.total == len(told)
    assert content_of(reversed(lines)).lines == content.lines


# -- among the materials ---------------------------------------------------------------------


def test_the_next_meetings_first_paper_is_the_report(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    materials.add(cast.nam, story.december, "khác.txt", io.BytesIO("Báo cáo khác\n".encode()))
    db.session.commit()
    on("2026-12-13")
    assert carry_forward.run() == 0, "eight days before it is nobody's business"
    on("2026-12-14")
    assert carry_forward.run() == 1
    first, other = materials.of_meeting(cast.hoa, story.december)
    assert first.title == service.TITLE and other.title == "khác"
    assert first.agenda_item is not None and first.agenda_item.title == AGENDA_ITEM
    report = service.of_meeting(story.december)
    assert report is not None and report.material_id == first.id
    said = as_text(materials.stored_at(first.current).read_bytes())
    assert "10 nhiệm vụ: 5 hoàn thành trong hạn; 1 hoàn thành quá hạn" in said


def test_running_the_job_five_times_is_running_it_once(
    story: Story, on: Callable[[str], None]
) -> None:
    on("2026-12-19")
    assert [carry_forward.run() for _ in range(5)] == [1, 0, 0, 0, 0]
    assert len(db.session.scalars(select(Material)).all()) == 1


def test_a_new_version_comes_only_with_other_figures_and_not_at_every_turn(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    on("2026-12-19T01")
    carry_forward.run()
    [paper] = materials.of_meeting(cast.nam, story.december)
    on("2026-12-19T08")
    assert carry_forward.run() == 1 and len(paper.versions) == 1, "nothing reads differently"
    ordered.report(story.late, "đã giải phóng xong mặt bằng", 80)
    db.session.commit()
    on("2026-12-19T09")
    assert carry_forward.run() == 0 and len(paper.versions) == 1
    on("2026-12-19T15")
    assert carry_forward.run() == 1
    db.session.expire_all()
    assert [version.number for version in paper.versions] == [1, 2]
    assert seen(cast.khai, story.december).lines[0].reason == "đã giải phóng xong mặt bằng"


def test_a_paper_that_was_taken_back_stays_away(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    carry_forward.run()
    [paper] = materials.of_meeting(cast.nam, story.december)
    materials.remove(cast.nam, paper)
    ordered.report(story.late, "khác trước")
    db.session.commit()
    on("2026-12-21T06")
    assert carry_forward.run() == 1
    assert len(paper.versions) == 1 and materials.of_meeting(cast.nam, story.december) == []


def test_a_single_meeting_that_does_not_ask_for_it_gets_none(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    other = ordered.meeting(cast, "2026-12-22", cast.finance, status=MeetingStatus.SCHEDULED)
    db.session.commit()
    carry_forward.run()
    assert service.of_meeting(other) is None and service.glance(other) is None
    service.prepare(cast.nam, other, story.november.id)
    assert materials.of_meeting(cast.nam, other)[0].title == service.TITLE


def test_only_the_secretary_prepares_and_only_after_own_meetings(story: Story, cast: Cast) -> None:
    for person in (cast.khai, cast.hoa, cast.la):
        with pytest.raises(NotAllowed):
            service.prepare(person, story.december)
    for chosen in (story.december.id, 9999):
        with pytest.raises(BadInput):
            service.prepare(cast.nam, story.december, chosen)
    with pytest.raises(BadInput):
        service.prepare(cast.nam, story.october)


def test_four_workers_at_once_write_one_report_and_freeze_it_once(
    anywhere: Flask, on: Callable[[str], None]
) -> None:
    on("2026-12-20")
    story = Story(recall())
    meeting_id = story.december.id
    db.session.remove()
    assert many_workers(anywhere, "carry_forward") == 1
    on("2026-12-21T08")
    assert many_workers(anywhere, "carry_forward") == 1
    assert many_workers(anywhere, "carry_forward") == 0
    report = db.session.scalars(select(CarriedReport)).one()
    paper = db.session.scalars(select(Material)).one()
    assert (report.meeting_id, report.presented_at) == (meeting_id, at("2026-12-21", 8))
    # days late grow overnight: one version more, by one worker
    assert [version.number for version in paper.versions] == [1, 2]
    frozen = [entry.verb for entry in audit.of(report)]
    assert frozen == ["carried.present"]


# -- who sees what ---------------------------------------------------------------------------


@pytest.fixture
def newcomer(story: Story, cast: Cast) -> Meeting:
    """December's briefing with the builders, who were at no meeting before and lead no task."""
    db.session.add(Invitation(meeting_id=story.december.id, unit_id=cast.builders.id))
    db.session.commit()
    return story.december


def builder(cast: Cast) -> User:
    """Give the builders somebody who reads."""
    user = accounts.add_user(None, login="xay", name="Người Xây", password=PASSWORD)
    accounts.give_role(None, user, cast.builders, Role.LEADER)
    db.session.commit()
    return user


def test_who_was_not_invited_before_sees_numbers_and_no_line(
    newcomer: Meeting, cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    carry_forward.run()
    stranger = builder(cast)
    found = seen(stranger, newcomer)
    assert found.lines == [] and found.totals.counts == BY_HAND and not found.is_whole
    browser = sign_in(stranger)
    page = browser.get(f"/meetings/{newcomer.id}/previous-conclusions").text
    assert OF_OTHERS not in page and "0 trong 10" in page
    paper = browser.get(f"/meetings/{newcomer.id}/previous-conclusions.docx").data
    assert OF_OTHERS not in as_text(paper)
    assert materials.of_meeting(stranger, newcomer) == []
    assert found.material is None
    assert OF_OTHERS in as_text(
        sign_in(cast.chau).get(f"/meetings/{newcomer.id}/previous-conclusions.docx").data
    )


def test_a_unit_invited_after_the_paper_was_handed_out_cannot_open_it(
    story: Story, cast: Cast
) -> None:
    carry_forward.run()
    db.session.add(Invitation(meeting_id=story.december.id, unit_id=cast.builders.id))
    db.session.commit()
    [paper] = materials.of_meeting(cast.nam, story.december)
    assert not access.may_open(builder(cast), paper)
    assert access.may_open(cast.hoa, paper) and access.may_open(cast.khai, paper)


def test_own_tasks_are_seen_even_where_the_conclusions_are_not(story: Story, cast: Cast) -> None:
    minutes = db.session.scalars(
        select(Minutes).where(Minutes.meeting_id == story.november.id)
    ).one()
    minutes.status = MinutesStatus.RETURNED  # opened again: nobody outside the office reads it
    db.session.commit()
    lines = seen(cast.hoa, story.december).lines
    assert {line.lead for line in lines} == {"UBND xã Nậm Hoa"} and len(lines) == 4
    helped = [line.text for line in seen(cast.long, story.december).lines]
    assert "còn hạn" in helped and len(helped) == 5
    report = service.prepare(cast.nam, story.december)
    assert report.material is not None and report.material.access == Access.CHAIR


def test_lines_of_an_earlier_meeting_stay_with_those_who_were_there(
    story: Story, cast: Cast
) -> None:
    story.october.invitations = [i for i in story.october.invitations
                                 if i.unit_id != cast.nam_hoa.id]  # fmt: skip
    service.prepare(cast.nam, story.november, story.october.id)
    service.prepare(cast.nam, story.december)
    db.session.commit()
    assert "việc cũ còn treo" not in {line.text for line in seen(cast.hoa, story.december).lines}
    assert "việc cũ còn treo" in {line.text for line in seen(cast.chau, story.december).lines}
    paper = materials.of_meeting(cast.nam, story.december)[0]
    assert {unit.unit_id for unit in paper.units} == {cast.finance.id, cast.doi_thong.id}


# -- frozen ----------------------------------------------------------------------------------


def frozen_bytes(report: CarriedReport) -> str:
    db.session.expire_all()
    kept = [report.content, report.sha256, str(report.counted_at), str(report.presented_at)]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def test_once_presented_nothing_in_it_changes(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    on("2026-12-20")
    with pytest.raises(NotAllowed):
        service.present(cast.hoa, story.december)
    report = service.present(cast.khai, story.december)
    db.session.commit()
    before = frozen_bytes(report)
    assert report.material is not None and len(report.material.versions) == 1
    story.late.completed_at = at("2026-12-20", 13)
    ordered.report(story.late, "xong rồi", 100)
    db.session.commit()
    for moment in ("2026-12-20T20", "2026-12-21T08", "2026-12-28"):
        on(moment)
        carry_forward.run()
    for attempt in (
        partial(service.prepare, cast.nam, story.december),
        partial(service.prepare, cast.nam, story.december, story.october.id),
        partial(service.present, cast.nam, story.december),
    ):
        with pytest.raises(WrongState):
            attempt()
        db.session.rollback()
    assert frozen_bytes(report) == before
    assert len(report.material.versions) == 1
    found = seen(cast.khai, story.december)
    assert found.totals.counts == BY_HAND and found.presented_at == at("2026-12-20", 12)
    assert service.glance(story.december) == found.totals


def test_the_clock_freezes_it_when_the_meeting_begins(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    carry_forward.run()
    ordered.report(story.late, "báo cáo phút chót")
    db.session.commit()
    on("2026-12-21T08")
    assert [carry_forward.run() for _ in range(5)] == [1, 0, 0, 0, 0]
    report = service.of_meeting(story.december)
    assert report is not None and report.presented_at == at("2026-12-21", 8)
    assert seen(cast.khai, story.december).lines[0].reason == "báo cáo phút chót"
    assert audit.of(report)[0].verb == "carried.present"


def test_a_clock_that_comes_late_freezes_what_was_counted_before(
    story: Story, cast: Cast, on: Callable[[str], None]
) -> None:
    carry_forward.run()
    story.late.completed_at = at("2026-12-21", 9)
    db.session.commit()
    on("2026-12-21T11")
    assert carry_forward.run() == 1
    found = seen(cast.khai, story.december)
    assert found.totals.counts == BY_HAND
    assert (found.counted_at, found.presented_at) == (at("2026-12-20", 12), at("2026-12-21", 11))


def test_a_write_that_forgets_to_ask_would_show(
    story: Story, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted defect: an UPDATE without the condition changes what was presented."""

    def careless(report: CarriedReport, **values: Any) -> bool:
        db.session.execute(
            update(CarriedReport).where(CarriedReport.id == report.id).values(**values)
        )
        db.session.refresh(report)
        return True

    report = service.present(cast.khai, story.december)
    db.session.commit()
    before = frozen_bytes(report)
    ordered.report(story.late, "sau khi trình bày")
    service._refresh(cast.nam, report)
    db.session.rollback()
    assert frozen_bytes(report) == before
    ordered.report(story.late, "sau khi trình bày")
    monkeypatch.setattr(service, "_write", careless)
    service._refresh(cast.nam, report)
    assert frozen_bytes(report) != before


# -- pages -----------------------------------------------------------------------------------


def test_the_pages_show_the_figures_and_who_may_do_what(
    story: Story, cast: Cast, sign_in: Callable[[User], FlaskClient]
) -> None:
    address = f"/meetings/{story.december.id}/previous-conclusions"
    dossier = sign_in(cast.hoa).get(f"/meetings/{story.december.id}").text
    assert "5 xong đúng hạn" in dossier and "1 quá hạn" in dossier and address in dossier
    guest = sign_in(cast.hoa)
    page = guest.get(address).text
    assert "vướng mặt bằng" in page and "trễ 5 ngày" in page
    assert "Trình bày và chốt" not in page and "Chọn cuộc họp trước" not in page
    assert guest.post(f"{address}/present").status_code == 403
    keeper = sign_in(cast.nam)
    assert keeper.post(address, data={"previous": "999999"}).status_code == 400
    assert keeper.post(address, data={"previous": str(story.november.id)}).status_code == 302
    assert "Cập nhật tài liệu" in keeper.get(address).text
    assert sign_in(cast.khai).post(f"{address}/present").status_code == 302
    page = keeper.get(address).text
    assert "Số liệu chốt lúc" in page and "Chọn cuộc họp trước" not in page
    assert keeper.post(address).status_code == 409
    empty = keeper.get(f"/meetings/{story.october.id}/previous-conclusions").text
    assert "Chưa có cuộc họp trước" in empty
    assert sign_in(cast.la).get(address).status_code == 404


# -- on paper --------------------------------------------------------------------------------

LINES = [
    Line(1, 1, "", "Rà soát tiến độ giải ngân", "Sở Tài chính", 1, (), "", "2026-12-10",
         Standing.DONE_IN_TIME, 0, 100, "đã báo cáo"),
    Line(2, 1, "", "Bố trí điểm cầu", "UBND xã Nậm Hoa", 2, (), "2026-W50", "2026-12-11",
         Standing.OVERDUE, 9, 40, "chưa có đường truyền"),
    Line(3, 2, "2026-10-19", "Xử lý đất đai", "UBND xã Nậm Hoa", 2, (), "", "", Standing.UNDATED,
         0, 0, ""),
    Line(4, 1, "", "Ký số văn bản", "Sở Tài chính", 1, (), "", "2026-12-01", Standing.DONE_LATE, 2,
         100, "thiếu chứng thư"),
]  # fmt: skip
CONTENT = content_of(LINES)
PAPER = CarriedPaper(
    head=Letterhead("UBND TỈNH LAM GIANG", "VĂN PHÒNG"), code="VP", locality="Lam Giang",
    office="Văn phòng UBND tỉnh", post="Chánh Văn phòng", signer="Lê Thị Minh Hòa",
    previous="Hội nghị giao ban trực tuyến tháng 11 năm 2026", held_on=date(2026, 11, 23),
    meeting="Hội nghị giao ban trực tuyến tháng 12 năm 2026",
    counted=datetime(2026, 12, 20, 16, 5), totals=CONTENT.totals, lines=CONTENT.lines,
)  # fmt: skip


def test_the_paper_reads_as_it_always_did() -> None:
    written = as_text(carried_docx(PAPER))
    if os.environ.get("MEETLY_WRITE_GOLDEN"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")
    assert carried_docx(PAPER) == carried_docx(PAPER)


def test_hostile_words_stay_words() -> None:
    hostile = "</w:t><w:p>&\"' \u202e{{ 7*7 }}\x00\x1b\ud800" + "dài " * 300
    line = Line(1, 1, "", hostile, hostile, 1, (), "", "", Standing.UNDATED, 0, 5, hostile)
    paper = replace(PAPER, lines=[line], previous=hostile, office=hostile)
    said = "\n".join(p.text for p in paragraphs(read(carried_docx(paper))))
    assert "{{ 7*7 }}" in said and "\u202e" not in said and "\x00" not in said


@pytest.mark.office
def test_the_paper_lies_on_its_side_and_loses_no_row(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice")
    content = content_of(replace(LINES[n % 4], task_id=n, text=f"Việc số {n}.") for n in range(60))
    paper = replace(PAPER, lines=content.lines, totals=content.totals)
    (tmp_path / "report.docx").write_bytes(carried_docx(paper))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [str(office), profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path,
         str(tmp_path / "report.docx")],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as printed:
        assert printed[0].get_width() > printed[0].get_height()
        said = "".join(page.get_textpage().get_text_bounded() for page in printed)
    assert "Tình hình thực hiện kết luận" in said
    assert all(f"Việc số {n}." in said for n in range(60))
