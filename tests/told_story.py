"""A short story told to the end, for the tests that look at every page.

The office held a briefing with finance and Nậm Hoa; its recording was heard, the minutes approved,
and the one direction in them became a task of Nậm Hoa. CANARY stands in every text of it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from meetly import clock
from meetly.accounts import delegations
from meetly.accounts.models import Delegation, SigningOrder
from meetly.directions import service as directions
from meetly.directions.models import Direction
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.models import (
    Material,
    MaterialPage,
    MaterialUpload,
    MaterialVersion,
    PreviewStatus,
)
from meetly.materials.reports import service as reports
from meetly.materials.reports.models import ReportRequest
from meetly.materials.uploads import service as uploads
from meetly.materials.viewing import kept
from meetly.meetings import service as meetings
from meetly.meetings.answers import service as answers
from meetly.meetings.audience import Audience
from meetly.meetings.calendars import service as calendars
from meetly.meetings.calendars.models import CalendarFeed
from meetly.meetings.models import Answer, Invitation, Meeting
from meetly.meetings.papers import service as papers
from meetly.meetings.series import service as series_service
from meetly.meetings.series.models import Series
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from meetly.minutes import kept_papers
from meetly.minutes import service as minutes_service
from meetly.minutes.issuing import service as issuing
from meetly.minutes.issuing.models import DocumentKind, OfficialDocument
from meetly.minutes.models import Minutes, Remark
from meetly.minutes.office_templates.models import OfficeTemplate
from meetly.minutes.printing import service as printing
from meetly.minutes.signing.models import PreparedSignature, SigningKey
from meetly.minutes.word_files.models import WordFile
from meetly.notices.models import Notice
from meetly.paths import DEMO_DATA
from meetly.recordings import service as recordings
from meetly.recordings.models import Recording, RecordingStatus
from meetly.register.models import Entry
from meetly.storage import files
from meetly.tasks import evidence as proofs
from meetly.tasks import service as tasks
from meetly.tasks.carried.models import CarriedReport
from meetly.tasks.extending import service as extending
from meetly.tasks.importing import service as importing
from meetly.tasks.importing.models import TaskImport
from meetly.tasks.importing.service import Heading
from meetly.tasks.models import Evidence, ExtensionRequest, Task
from meetly.tasks.standing.models import Frequency, StandingTask
from meetly.transcripts.models import (
    Chunk,
    ChunkStatus,
    GlossaryTerm,
    Segment,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from tests.cast import Cast
from tests.materials import samples
from tests.meetings.plans import briefing
from tests.minutes.distribution.issued import issued, printed
from tests.minutes.signing import builder
from tests.minutes.word_files.edited import brought
from workers import draft_minutes

CANARY = "chimhoangyen"

SAID = (
    f"Tôi kết luận như sau về {CANARY}.",
    f"Một là, giao UBND xã Nậm Hoa hoàn thành việc {CANARY}, báo cáo trước ngày 15/12/2099.",
    "Xin cảm ơn các đồng chí.",
)


@dataclass(frozen=True)
class Story:
    """The rows of the story, by name."""

    meeting: Meeting
    series: Series
    material: Material
    paper_upload: MaterialUpload
    recording: Recording
    transcript: Transcript
    chunk: Chunk
    segment: Segment
    speaker: Speaker
    term: GlossaryTerm
    minutes: Minutes
    remark: Remark
    direction: Direction
    task: Task
    standing: StandingTask
    notice: Notice
    invitation: Invitation
    report: ReportRequest
    #: Hoa's phone reads it; its address ends in `secret`
    feed: CalendarFeed
    secret: str
    #: the notice of the minutes, numbered, printed and issued on paper; and the letter's number
    document: OfficialDocument
    entry: Entry
    delegation: Delegation
    #: of the approved minutes, which are printed
    docx_sha256: str
    #: the minutes with their number; Nam's token lies at Nam's computer and was asked
    unsigned: OfficialDocument
    key: SigningKey
    prepared: PreparedSignature
    #: issued and public: its own words hold no canary, so that none may show beside it
    paper: OfficialDocument
    word_file: WordFile
    template: OfficeTemplate
    #: a photo with the first report of the task, and the unit's question for more time
    evidence: Evidence
    extension: ExtensionRequest
    #: a spreadsheet that waits to be taken over
    task_import: TaskImport


def tell(cast: Cast) -> Story:
    """Tell the story with the services people use; committed."""
    meeting = meetings.schedule(cast.nam, briefing(cast, title=f"Giao ban {CANARY}"))
    meetings.publish(cast.nam, meeting)
    weekly = Design(
        briefing(cast, title=f"Giao ban tuần {CANARY}"), Audience(),
        Rule(Shape.WEEKLY, weekdays=(0,)),
    )  # fmt: skip
    series = series_service.begin(cast.nam, cast.office, weekly)
    report_file = io.BytesIO(f"Báo cáo {CANARY}\n".encode())
    material = materials.add(
        cast.nam, meeting, "bao-cao.txt", report_file, title=f"Báo cáo {CANARY}"
    )
    invitation, report = answer_and_ask(cast, meeting)
    paper_upload = uploads.begin(cast.nam, meeting, f"{CANARY}.pdf", 100)
    show(material.current)
    db.session.commit()
    recording = recordings.receive_file(cast.nam, meeting, DEMO_DATA / "briefing.opus")
    transcript, speaker = hear(cast, recording)
    db.session.commit()
    assert draft_minutes.run() == 1
    minutes = minutes_service.of_meeting(meeting)
    assert minutes is not None
    minutes = db.session.merge(minutes)
    word_file, template = brought(cast.nam, minutes, f"{CANARY}.docx")
    version = minutes_service.submit(cast.nam, minutes, minutes.version)
    print_papers()
    remark = minutes_service.remark(cast.khai, minutes, version.number, "", f"Sửa {CANARY}")
    minutes_service.approve(
        cast.khai, minutes, version.number, version.minutes_sha256, version.notice_sha256
    )
    document = issue(cast, minutes)
    paper = issued(cast.nam, cast.khai, minutes, recipients=f"- {CANARY}", public=True)
    printed(paper)
    [direction] = directions.of_minutes(minutes)
    [task] = tasks.assign(cast.khai, direction, direction.version)
    evidence, extension = work_on(cast, task)
    standing = recur(direction, task)
    follow(meeting)
    db.session.commit()
    segment = db.session.scalars(select(Segment)).first()
    term = db.session.scalars(select(GlossaryTerm)).one()
    notice = db.session.scalar(select(Notice).where(Notice.user_id == cast.hoa.id).limit(1))
    assert segment is not None and notice is not None
    chunk = db.session.get_one(Chunk, segment.chunk_id)
    blocks = (("THƯ KÝ", cast.nam.name), ("CHỦ TỌA", cast.khai.name))
    unsigned = builder.document(cast.nam, minutes, builder.plain_pdf(*blocks, pages=2))
    prepared = builder.asked_elsewhere(cast.nam, unsigned)
    feed, secret = calendars.subscribe(cast.hoa, "điện thoại")
    entry = papers.number_letter(cast.nam, meeting)
    delegation = delegations.grant(
        cast.nam, cast.office, order=SigningOrder.FOR, post="Chánh Văn phòng",
        deputy_id=cast.khai.id, starts_on=date(2099, 12, 1), grounds="Giấy ủy quyền số 02/GUQ-VP",
    )  # fmt: skip
    task_import = importing.begin_sheet(
        cast.nam, cast.office, Heading(f"Thông báo {CANARY}"), filename=f"{CANARY}.csv",
        document=f"Nội dung;Chủ trì;Hạn\nViệc {CANARY};UBND xã Nậm Hoa;1/12/2099".encode(),
    )  # fmt: skip
    db.session.commit()
    return Story(
        meeting, series, material, paper_upload, recording, transcript, chunk, segment, speaker,
        term, minutes, remark, direction, task, standing, notice, invitation, report, feed, secret,
        document, entry, delegation, version.minutes_sha256, unsigned, prepared.key, prepared,
        paper, word_file, template, evidence, extension, task_import,
    )  # fmt: skip


def work_on(cast: Cast, task: Task) -> tuple[Evidence, ExtensionRequest]:
    """Let Nậm Hoa report with a photo, name Hoa, and ask for more time."""
    photo = proofs.receive([(f"{CANARY}.png", io.BytesIO(samples.png()))])
    said = tasks.report(cast.hoa, task, f"Đang làm {CANARY}.", 20, photo)
    tasks.name_person(cast.sinh, task, cast.nam_hoa, cast.hoa)
    extension = extending.ask(cast.sinh, task, f"Chờ {CANARY}", date(2099, 12, 31))
    return said.evidence[0], extension


def recur(direction: Direction, task: Task) -> StandingTask:
    """Note that Nậm Hoa owes the same every week, with no period open yet."""
    standing = StandingTask(
        direction_id=direction.id, owner_unit_id=task.owner_unit_id, lead_unit_id=task.lead_unit_id,
        lead_name=task.lead_name, frequency=Frequency.WEEKLY, weekday=4,
        starts_on=date(2099, 12, 1), opened_by_id=task.opened_by_id,
    )  # fmt: skip
    db.session.add(standing)
    return standing


def follow(meeting: Meeting) -> None:
    """Begin the report on conclusions before; to have no second meeting it follows its own."""
    row = CarriedReport(
        meeting_id=meeting.id, previous_id=meeting.id, content={}, counted_at=clock.now()
    )
    db.session.add(row)


def issue(cast: Cast, minutes: Minutes) -> OfficialDocument:
    """Number the notice, leave its two pages as the worker would, and hand it out on paper."""
    document = issuing.register(cast.nam, minutes, DocumentKind.NOTICE, clock.today())
    print_papers()
    issuing.issue(cast.nam, document, on_paper=True)
    return document


def answer_and_ask(cast: Cast, meeting: Meeting) -> tuple[Invitation, ReportRequest]:
    """Let Nậm Hoa ask for a substitute, and be asked for a report that it has not sent."""
    [invitation] = answers.mine(cast.sinh, meeting)
    assert isinstance(invitation, Invitation)
    answers.answer(
        cast.sinh, invitation, Answer.SUBSTITUTE, attendee_id=cast.hoa.id, reason=f"Bận {CANARY}"
    )
    due = meeting.starts_at - timedelta(days=1)
    [report] = reports.request(cast.nam, meeting, f"Số liệu {CANARY}", [cast.nam_hoa], due)
    return invitation, report


def show(version: MaterialVersion) -> None:
    """Leave two pages and the words of a paper as the worker would of one that is printed."""
    text_key = kept.key(version, "text.txt")
    files.write(text_key, [f"Báo cáo {CANARY}\n".encode()])
    version.text_key, version.page_count, version.preview = text_key, 2, PreviewStatus.READY
    for number in (1, 2):
        key = kept.key(version, f"{number}.png")
        files.write(key, [samples.png()])
        page = MaterialPage(
            version_id=version.id, number=number, storage_key=key, width=1, height=1
        )
        db.session.add(page)


def print_papers() -> None:
    """Leave the print of every document that waits, of two pages, as the worker would."""
    page = {
        "sha256": kept_papers.store(samples.png(), "png"), "format": "png", "width": 1, "height": 1,
        "text": f"Kết luận về {CANARY}",
    }  # fmt: skip
    pdf = kept_papers.store(samples.printed(CANARY, "Trang hai"), "pdf")
    for asked in printing.claim(9):
        printing.finish(asked.docx_sha256, asked.attempts, printing.Made(pdf, 2, [page, page]))


def hear(cast: Cast, recording: Recording) -> tuple[Transcript, Speaker]:
    """Write the transcript of a recording down as the worker would have left it."""
    recording.status, recording.duration = RecordingStatus.ACCEPTED, 12.0
    moment = datetime(2099, 11, 23, 3, 0, tzinfo=UTC)
    transcript = Transcript(
        recording_id=recording.id, meeting_id=recording.meeting_id, model="micro-vi",
        status=TranscriptStatus.READY, language="vi", target=6.0, longest=13.0,
        created_at=moment, ready_at=moment + timedelta(minutes=1),
    )  # fmt: skip
    db.session.add(transcript)
    db.session.flush()
    speaker = Speaker(
        transcript_id=transcript.id, label=cast.khai.name, name=cast.khai.name,
        position="Chủ tịch UBND tỉnh", unit_id=cast.office.id, user_id=cast.khai.id,
    )  # fmt: skip
    chunk = Chunk(
        transcript_id=transcript.id, ordinal=0, start=0.0, end=12.0, speech=11.0,
        status=ChunkStatus.DONE, finished_at=clock.now(), take=1,
    )  # fmt: skip
    db.session.add_all([speaker, chunk])
    db.session.flush()
    for ordinal, text in enumerate(SAID):
        db.session.add(
            Segment(
                transcript_id=transcript.id,
                chunk_id=chunk.id,
                ordinal=ordinal,
                start=4.0 * ordinal,
                end=4.0 * ordinal + 3.5,
                text=text,
                heard=text,
                probability=0.95,
                speaker_id=speaker.id,
                repairs=[{"was": CANARY.title(), "now": CANARY, "why": "name", "at": "24"}],
            )
        )
    db.session.add(
        GlossaryTerm(
            unit_id=cast.office.id, meeting_id=recording.meeting_id, heard=f"chim {CANARY}",
            meant=f"Chim {CANARY}", at=moment,
        )
    )  # fmt: skip
    db.session.flush()
    return transcript, speaker
