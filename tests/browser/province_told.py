"""The demo's province with its briefing told to the end, and a meeting whose minutes are a draft.

The words come from the script of the bundled recording instead of from a machine that listens;
everything else (chunks, speakers, minutes, approval, tasks) is the work of the services in use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.demo import province
from meetly.directions import service as directions
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.reports import service as reports
from meetly.meetings import service as meetings
from meetly.meetings.audience import Audience
from meetly.meetings.calendars import events, tokens
from meetly.meetings.models import Meeting, MeetingStatus
from meetly.meetings.plan import MeetingPlan
from meetly.meetings.planning import plan_of
from meetly.meetings.series import service as series
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from meetly.minutes import service as minutes_service
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing.models import DocumentKind
from meetly.minutes.models import Minutes
from meetly.notices.models import Notice
from meetly.paths import DEMO_DATA
from meetly.recordings import service as recordings
from meetly.recordings.sound import probe
from meetly.storage import files
from meetly.tasks import service as tasks
from meetly.tasks.importing import service as importing
from meetly.tasks.importing.service import Heading
from meetly.tasks.models import Task
from meetly.transcripts import jobs
from meetly.transcripts.models import Chunk, Segment, Speaker, Transcript
from meetly.transcripts.transcriber import Heard
from tests.minutes.distribution.issued import issued, printed
from tests.minutes.signing import builder
from tests.minutes.word_files.edited import brought
from tests.told_story import print_papers
from workers import draft_minutes

#: a second secretary of the office, for what two people do at once
DEPUTY = "photong"
DRAFT_TITLE = "Họp chuyên đề giải phóng mặt bằng"

#: the parts of addresses, by the names the routes give them
Ids = dict[str, Any]

_TURN = re.compile(r"\*\*\[[^\]]+\][^*]*:\*\* ")
_SENTENCE_END = re.compile(r"(?<=[.?!]) +")


def tell() -> dict[str, Ids]:
    """Tell everything and commit; return what stands in addresses, by meeting.

    "told" is the briefing with its tasks, "draft" the meeting whose minutes nobody has touched,
    "next" the briefing to come.
    """
    province.settle()
    briefing = province.briefing()
    deputy = accounts.add_user(
        None, login=DEPUTY, name="Lưu Thị Mai", email="", position="Phó Trưởng phòng Tổng hợp",
        password=province.PASSWORD,
    )  # fmt: skip
    accounts.give_role(None, deputy, briefing.unit, Role.SECRETARY)
    db.session.commit()
    secretary, leader = accounts.user_by_login("thuky"), accounts.user_by_login("chutich")
    told = _ids_of(_heard(secretary, briefing), briefing)
    _approve_and_assign(secretary, leader, db.session.get_one(Minutes, told["minutes_id"]))
    province.follow_up()
    approved = db.session.get_one(Minutes, told["minutes_id"])
    issuing.register(secretary, approved, DocumentKind.NOTICE, clock.today())
    other = _one_more(secretary, briefing)
    draft = _ids_of(_heard(secretary, other), other)
    draft_minutes = db.session.get_one(Minutes, draft["minutes_id"])
    word_file, template = brought(secretary, draft_minutes, "bien-ban-da-sua.docx")
    draft["word_file_id"] = word_file.id
    told["template_id"] = template.id
    commune = accounts.unit_by_code("LG.001")
    assert commune is not None
    task = db.session.scalars(select(Task).where(Task.lead_unit_id == commune.id)).first()
    assert task is not None
    weekly = Design(
        plan=replace(plan_of(briefing), title="Giao ban tuần", agenda=()), audience=Audience(),
        rule=Rule(Shape.WEEKLY, weekdays=(0,)),
    )  # fmt: skip
    minutes = db.session.get_one(Minutes, told["minutes_id"])
    paper = issued(secretary, leader, minutes, public=True)
    printed(paper)
    told |= {
        "paper_id": paper.id,
        "series_id": series.begin(secretary, briefing.unit, weekly).id,
        "material_id": materials.of_meeting(secretary, briefing)[0].id,
        "task_id": task.id,
        "task_import_id": _read_in(secretary, briefing.unit),
        "document_id": paper.id,
        "kind": "minutes",
        "direction_id": task.direction_id,
        "notice_id": _first(select(Notice.id)),
        "unit_id": commune.id,
        "owner_unit_id": briefing.unit_id,
        "lead_unit_id": commune.id,
        "user_id": leader.id,
        # the record behind which the commune's task lies
        "owner_id": briefing.unit_id,
        "record_period": _due_month(commune.id),
        "scored_by": "unit",
        "subject_id": commune.id,
        **_registered(secretary, db.session.get_one(Minutes, told["minutes_id"])),
    }
    db.session.commit()
    coming = select(Meeting.id).where(Meeting.status == MeetingStatus.SCHEDULED)
    return {"told": told, "draft": draft, "next": _asked(_first(coming), commune.id)}


def _read_in(secretary: User, unit: Unit) -> int:
    """Read a spreadsheet of 60 tasks, which waits to be taken over; some lines are not clear."""
    leads = ("Sở Tài chính", "UBND các xã, phường", "Sở Xây dựng; Sở Nội vụ", "Sở Tài chánh", "")
    lines = [
        f"Rà soát, hoàn thành việc số {n} của đơn vị theo kết luận kỳ trước;{leads[n % 5]};"
        f"{'hôm nào đó' if n % 9 == 0 else f'{n % 28 + 1}/12/2026'};Đang thực hiện;Chờ số liệu"
        for n in range(60)
    ]
    sheet = "\n".join(["Nội dung;Chủ trì;Hạn;Trạng thái;Ghi chú", *lines]).replace(
        "Sở Xây dựng; Sở Nội vụ", '"Sở Xây dựng; Sở Nội vụ"'
    )
    return importing.begin_sheet(
        secretary, unit, Heading("Thông báo số 10/TB-VP"), document=sheet.encode(),
        filename="viec-dang-lam.csv",
    ).id  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """A report that all communes owe before a meeting."""

    title: str
    ordinal: int
    unit_ids: tuple[int, ...]
    due_at: datetime


def _asked(meeting_id: int, commune_id: int) -> Ids:
    """Let a meeting to come expect a report of everybody; the commune has not answered yet."""
    meeting = db.session.get_one(Meeting, meeting_id)
    everybody = tuple(invitation.unit_id for invitation in meeting.invitations)
    due = Expected("Báo cáo tháng", 1, everybody, meeting.starts_at - timedelta(days=1))
    found = {report.unit_id: report.id for report in reports.open_for(meeting, [due])}
    invited = {invitation.unit_id: invitation.id for invitation in meeting.invitations}
    db.session.commit()
    person = accounts.people_of([commune_id])[0]
    return {
        "meeting_id": meeting_id, "report_id": found[commune_id],
        "invitation_id": invited[commune_id], "whom": "unit",
        "token": tokens.link_token(events.UNIT, invited[commune_id], person.id),
    }  # fmt: skip


def _heard(secretary: User, meeting: Meeting) -> Transcript:
    """Give a meeting the bundled recording, its transcript and a draft of its minutes."""
    recording = recordings.receive_file(secretary, meeting, DEMO_DATA / "briefing.opus")
    recordings.read_talk_events(recording, (DEMO_DATA / "briefing.events.json").read_bytes())
    transcript = jobs.open_for(recording)
    assert jobs.claim_split("knife")
    sound = probe(files.path(recording.storage_key))
    recordings.accept(recording, sound, "audio/ogg", [-0.3, 0.6] * 200)
    talks = recordings.talks(recording)
    for ordinal, talk in enumerate(talks):
        assert jobs.add_chunk(
            transcript.id, "knife", ordinal=ordinal, start=talk.start, end=talk.end,
            speech=talk.end - talk.start, storage_key=jobs.chunk_key(transcript.id, ordinal),
        )  # fmt: skip
    assert jobs.finish_split(transcript.id, "knife")
    for talk, words in zip(talks, _turns(), strict=True):
        chunk = jobs.claim_next("ear")
        assert chunk is not None
        assert jobs.store(chunk.id, "ear", _spoken(words, talk.end - talk.start), 1.0)
    db.session.commit()
    assert draft_minutes.run() == 1
    return db.session.merge(transcript)


def _turns() -> list[str]:
    """Return what was said, one text for each time somebody had the floor."""
    script = (DEMO_DATA / "briefing.md").read_text(encoding="utf-8")
    body = script.split("<!-- BEGIN TRANSCRIPT -->")[1].split("<!-- END TRANSCRIPT -->")[0]
    kept = [line for line in body.splitlines() if line and not line.startswith("*(")]
    return [" ".join(turn.split()) for turn in _TURN.split(" ".join(kept))[1:]]


def _spoken(words: str, length: float) -> list[Heard]:
    """Spread the sentences of a turn over its seconds, each as long as its letters."""
    sentences = _SENTENCE_END.split(words)
    ends = [sum(map(len, sentences[:count])) for count in range(len(sentences) + 1)]
    edges = pairwise(length * end / ends[-1] for end in ends)
    return [
        Heard(start, end, text, 0.95) for (start, end), text in zip(edges, sentences, strict=True)
    ]


def _approve_and_assign(secretary: User, leader: User, minutes: Minutes) -> None:
    shown = minutes_service.submit(secretary, minutes, minutes.version)
    print_papers()
    minutes_service.remark(leader, minutes, shown.number, "", "Đọc lại mục ba trước khi gửi.")
    minutes_service.approve(
        leader, minutes, shown.number, shown.minutes_sha256, shown.notice_sha256
    )
    for direction in directions.of_minutes(minutes):
        tasks.assign(leader, direction, direction.version)
    db.session.commit()


def _registered(secretary: User, minutes: Minutes) -> Ids:
    """Make the minutes an official document that waits for the secretary's own token."""
    meeting = minutes.meeting
    assert meeting.secretary is not None and meeting.chair is not None
    blocks = (("THƯ KÝ", meeting.secretary.name), ("CHỦ TỌA", meeting.chair.name))
    document = builder.document(secretary, minutes, builder.plain_pdf(*blocks))
    prepared = builder.asked_elsewhere(secretary, document)
    return {"prepared_id": prepared.id}


def _one_more(secretary: User, briefing: Meeting) -> Meeting:
    """Hold another meeting of the office, the Friday before the briefing."""
    friday = briefing.starts_at - timedelta(days=3)
    plan = MeetingPlan(
        title=DRAFT_TITLE,
        starts_at=friday,
        ends_at=friday + timedelta(hours=1),
        chair_id=briefing.chair_id,
        secretary_id=briefing.secretary_id,
        unit_ids=tuple(invitation.unit_id for invitation in briefing.invitations[:12]),
    )
    meeting = meetings.schedule(secretary, plan, unit=briefing.unit)
    meetings.publish(secretary, meeting)
    meetings.hold(secretary, meeting)
    return meeting


def _ids_of(transcript: Transcript, meeting: Meeting) -> Ids:
    minutes = minutes_service.of_meeting(meeting)
    assert minutes is not None
    direction = directions.of_minutes(minutes)[0]
    return {
        "meeting_id": transcript.meeting_id,
        "recording_id": transcript.recording_id,
        "transcript_id": transcript.id,
        "segment_id": _first(select(Segment.id).where(Segment.transcript_id == transcript.id)),
        "chunk_id": _first(select(Chunk.id).where(Chunk.transcript_id == transcript.id)),
        "speaker_id": _first(select(Speaker.id).where(Speaker.transcript_id == transcript.id)),
        "minutes_id": minutes.id,
        "direction_id": direction.id,
        "block_id": direction.block_id,
    }


def _due_month(unit_id: int) -> str:
    query = select(Task.due).where(Task.lead_unit_id == unit_id, Task.due.is_not(None))
    due = db.session.scalar(query.limit(1))
    assert due is not None
    return f"{due:%Y-%m}"


def _first(query: Select[int]) -> int:
    found = db.session.scalar(query.limit(1))
    assert found is not None
    return found
