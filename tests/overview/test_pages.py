"""The pages that mix rooms: each person's day, the dossier, the board, search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from meetly import clock
from meetly.accounts.models import User
from meetly.directions.models import DirectionStatus
from meetly.errors import NotFound
from meetly.extensions import db
from meetly.materials.reports import service as reports
from meetly.meetings.audience import Audience
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.series import service as series_service
from meetly.meetings.series.models import HolidayPolicy
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.overview import dossier, service, today
from meetly.recordings.models import Recording, RecordingStatus
from meetly.tasks.models import Task
from meetly.transcripts.models import Transcript, TranscriptStatus
from tests.cast import Cast
from tests.meetings.plans import briefing, scheduled
from tests.told_story import CANARY, Story, tell

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def story(cast: Cast) -> Story:
    return tell(cast)


# -- today -----------------------------------------------------------------------------------


def test_a_leaders_day_begins_with_what_waits_for_approval(cast: Cast, story: Story) -> None:
    story.minutes.status = MinutesStatus.SUBMITTED
    db.session.commit()
    assert today.of(cast.khai).to_approve == [story.minutes]
    assert today.of(cast.nam).to_approve == [] and today.of(cast.long).to_approve == []


def test_undecided_directions_wait_for_the_leader(cast: Cast, story: Story) -> None:
    story.direction.status = DirectionStatus.PROPOSED
    db.session.commit()
    assert today.of(cast.khai).to_confirm == [(story.minutes, 1)]


def test_a_secretarys_day_holds_drafts_and_meetings_without_recording(
    cast: Cast, story: Story
) -> None:
    story.minutes.status = MinutesStatus.RETURNED
    unrecorded = scheduled(cast, title="Giao ban hôm qua")
    unrecorded.starts_at = clock.now() - timedelta(days=1)
    unrecorded.ends_at = unrecorded.starts_at + timedelta(hours=1)
    db.session.commit()
    day = today.of(cast.nam)
    assert day.to_finish == [story.minutes] and day.to_record == [unrecorded]
    assert day.to_sign == [story.unsigned]
    assert day.waits == 3


def test_a_participants_day_begins_with_the_units_task(cast: Cast, story: Story) -> None:
    day = today.of(cast.hoa)
    assert day.tasks == [story.task] and day.open_mine == 1
    assert [each.request for each in day.owed] == [story.report] and day.waits == 1
    assert today.of(cast.chau).tasks == []


def test_lateness_is_counted_on_the_day(cast: Cast, story: Story) -> None:
    story.task.due = clock.today() - timedelta(days=2)
    db.session.commit()
    assert today.of(cast.hoa).late_mine == 1
    assert today.of(cast.khai).late_given == 1


def test_everyone_finds_the_next_meeting(cast: Cast, story: Story) -> None:
    for who in (cast.khai, cast.nam, cast.long, cast.hoa):
        assert today.of(who).upcoming == [story.meeting]
    assert today.of(cast.chau).upcoming == []


def test_of_what_recurs_only_the_next_meeting_fills_the_day(cast: Cast) -> None:
    start = clock.now() + timedelta(days=1)
    plan = briefing(cast, starts_at=start, ends_at=start + timedelta(hours=1))
    design = Design(plan, Audience(unit_ids=plan.unit_ids), Rule(Shape.DAILY), HolidayPolicy.KEEP)
    daily = series_service.begin(cast.nam, cast.office, design)
    assert len(series_service.coming(daily)) > 20
    assert [meeting.series_id for meeting in today.of(cast.nam).upcoming] == [daily.id]
    series_service.publish(cast.nam, daily)
    for coming in series_service.coming(daily):
        reports.request(cast.nam, coming, "Báo cáo ngày", [cast.nam_hoa], coming.starts_at)
    day = today.of(cast.hoa)
    assert [each.meeting.series_id for each in day.to_answer] == [daily.id]
    assert len(day.owed) == 1


@pytest.mark.parametrize("who", ["quan", "khai", "nam", "long", "sinh", "hoa", "chau", "la"])
def test_every_day_has_a_page(cast: Cast, story: Story, sign_in: SignIn, who: str) -> None:
    answer = sign_in(getattr(cast, who)).get("/")
    assert answer.status_code == 200 and "Hôm nay" in answer.text


# -- the dossier -----------------------------------------------------------------------------


def test_a_dossier_shows_the_host_everything(cast: Cast, story: Story, sign_in: SignIn) -> None:
    page = sign_in(cast.nam).get(f"/meetings/{story.meeting.id}").text
    for part in ("bao-cao.txt", "briefing.opus", "Đã duyệt", f"hoàn thành việc {CANARY}"):
        assert part in page


def test_an_invited_unit_sees_papers_minutes_and_its_own_task(
    cast: Cast, story: Story, sign_in: SignIn
) -> None:
    seen = dossier.of(cast.hoa, story.meeting.id)
    assert seen.materials and seen.minutes == story.minutes and seen.tasks == [story.task]
    assert seen.recordings == [] and seen.transcripts == {} and not seen.is_host
    assert dossier.of(cast.long, story.meeting.id).tasks == []
    assert "briefing.opus" not in sign_in(cast.hoa).get(f"/meetings/{story.meeting.id}").text


def test_minutes_stay_with_the_host_until_they_are_approved(cast: Cast, story: Story) -> None:
    story.minutes.status = MinutesStatus.SUBMITTED
    db.session.commit()
    assert dossier.of(cast.hoa, story.meeting.id).minutes is None
    assert dossier.of(cast.khai, story.meeting.id).minutes == story.minutes


def test_strangers_find_no_dossier(cast: Cast, story: Story) -> None:
    for who in (cast.chau, cast.la, cast.quan):
        with pytest.raises(NotFound):
            dossier.of(who, story.meeting.id)


def meeting_at(status: MeetingStatus, hours: int = 24) -> Meeting:
    return Meeting(status=status, starts_at=clock.now() + timedelta(hours=hours))


STAGES = {
    "prepare": (meeting_at(MeetingStatus.SCHEDULED), False, [], [], None, {}, []),
    "materials": (meeting_at(MeetingStatus.SCHEDULED), True, [], [], None, {}, []),
    "meet": (meeting_at(MeetingStatus.SCHEDULED, -1), True, [], [], None, {}, []),
    "recording": (meeting_at(MeetingStatus.HELD), True, [], [], None, {}, []),
    "transcript": (
        meeting_at(MeetingStatus.HELD), True, [Recording(status=RecordingStatus.ACCEPTED)],
        [Transcript(status=TranscriptStatus.TRANSCRIBING)], None, {}, [],
    ),
    "minutes": (
        meeting_at(MeetingStatus.HELD), True, [], [], Minutes(status=MinutesStatus.DRAFT),
        {"proposed": 3}, [],
    ),
    "directions": (
        meeting_at(MeetingStatus.HELD), True, [], [], Minutes(status=MinutesStatus.APPROVED),
        {"proposed": 3}, [],
    ),
    "tasks": (
        meeting_at(MeetingStatus.HELD), True, [], [], Minutes(status=MinutesStatus.APPROVED),
        {"confirmed": 3}, [Task(due=date(2099, 1, 1))],
    ),
    "closed": (
        meeting_at(MeetingStatus.HELD), True, [], [], Minutes(status=MinutesStatus.APPROVED),
        {"confirmed": 3}, [Task(completed_at=clock.now())],
    ),
}  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_a_dossier_stands_at_the_first_unfinished_step(stage: str) -> None:
    assert dossier.stage_of(*STAGES[stage]) == (stage, False)


def test_a_failed_transcript_needs_a_person() -> None:
    failed = [Transcript(status=TranscriptStatus.FAILED)]
    held = meeting_at(MeetingStatus.HELD)
    assert dossier.stage_of(held, True, [Recording()], failed, None, {}, []) == ("transcript", True)


# -- search ----------------------------------------------------------------------------------


def kinds(user: User, words: str) -> set[str]:
    return {hit.kind for hit in service.found(user, words)}


def test_the_host_finds_words_everywhere(cast: Cast, story: Story) -> None:
    assert {"minutes", "task", "meeting"} <= kinds(cast.nam, CANARY)


def test_an_invited_unit_finds_what_was_handed_out_and_its_task(cast: Cast, story: Story) -> None:
    assert "task" in kinds(cast.hoa, CANARY) and "segment" not in kinds(cast.hoa, CANARY)
    assert "task" not in kinds(cast.long, CANARY)


def test_strangers_find_nothing(cast: Cast, story: Story) -> None:
    for who in (cast.chau, cast.la, cast.quan):
        assert kinds(who, CANARY) == set()


def test_search_forgives_diacritics_and_marks_the_word(
    cast: Cast, story: Story, sign_in: SignIn
) -> None:
    page = sign_in(cast.hoa).get("/search?q=hoan+thanh").text
    assert "<mark>hoàn</mark>" in page


def test_a_word_that_is_nowhere_says_so(cast: Cast, story: Story, sign_in: SignIn) -> None:
    assert "Không tìm thấy" in sign_in(cast.hoa).get("/search?q=khongcodau").text
