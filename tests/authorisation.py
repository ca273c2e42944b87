"""Who may use which route: one line an endpoint; a route that is not here fails the suite.

The people are those of tests/cast.py in a story where the office (Khải leads, Nam keeps) held
a meeting with the finance department (Long) and Nậm Hoa (Sình leads, Hoa takes part); the
builders and Đồi Thông (Châu) were not invited, Quân administers the province, Lạ is from
another one.
"""

from __future__ import annotations

from typing import Any

ANYONE = frozenset({"nobody", "quan", "khai", "nam", "long", "sinh", "hoa", "chau", "la"})
SIGNED_IN = ANYONE - {"nobody"}
MEMBERS = SIGNED_IN - {"quan"}
HOST = frozenset({"khai", "nam"})
KEEPER = frozenset({"nam"})
LEADER = frozenset({"khai"})
ADMIN = frozenset({"quan"})
INVITED = HOST | {"long", "sinh", "hoa"}
#: the people of the unit that leads the task of the story, and of the unit that gave it
CONCERNED = HOST | {"sinh", "hoa"}
WORKERS = frozenset({"sinh", "hoa"})
#: secretaries of any unit may schedule meetings for it
SECRETARIES = frozenset({"nam", "la"})
LEADERS_AND_SECRETARIES = frozenset({"khai", "nam", "long", "sinh", "la"})

MAY = {
    "static": ANYONE,
    "accounts.sign_in": ANYONE,
    "accounts.language": ANYONE,
    "accounts.sign_out": SIGNED_IN,
    "accounts.profile": SIGNED_IN,
    "accounts.units": ADMIN,
    "accounts.close_unit": ADMIN,
    "accounts.people": ADMIN,
    "accounts.set_active": ADMIN,
    "api.openapi": SIGNED_IN,
    "api.list_meetings": SIGNED_IN,
    "api.show_meeting": INVITED,
    "api.list_tasks": SIGNED_IN,
    "api.show_task": CONCERNED,
    "api.report_progress": WORKERS,
    "directions.index": HOST,
    "directions.clip": CONCERNED,
    "directions.correct": HOST,
    "directions.dismiss": HOST,
    "directions.restore": HOST,
    "materials.index": INVITED,
    "materials.show": INVITED,
    "materials.download": INVITED,
    "materials.first_page": INVITED,
    "materials.page": INVITED,
    "materials.terms": KEEPER,
    "materials.pack": INVITED,
    "materials.pack_manifest": INVITED,
    "materials.pack_file": INVITED,
    "materials.pack_openings": INVITED,
    "materials.offline": INVITED,
    "materials.service_worker": ANYONE,
    "materials.receipts": HOST,
    "materials.remind": KEEPER,
    "materials.upload_abilities": ANYONE,
    "materials.create_upload": KEEPER,
    "materials.upload": KEEPER,
    "materials.continue_upload": KEEPER,
    "materials.cancel_upload": KEEPER,
    "materials.forget_upload": KEEPER,
    "materials.remove": KEEPER,
    "materials.restore": KEEPER,
    "materials.reports": INVITED,
    "materials.ask_reports": KEEPER,
    "materials.remind_reports": KEEPER,
    "materials.report": CONCERNED,
    "materials.change_report": KEEPER,
    "materials.waive_report": KEEPER,
    "materials.withdraw_report": KEEPER,
    "meetings.answers": HOST,
    "meetings.remind_unanswered": KEEPER,
    "meetings.answer": WORKERS,
    "meetings.decide": LEADER,
    "meetings.index": SIGNED_IN,
    "meetings.month": SIGNED_IN,
    "meetings.series": LEADERS_AND_SECRETARIES,
    "meetings.show_series": HOST,
    "meetings.change_series": KEEPER,
    "meetings.publish_series": KEEPER,
    "meetings.end_series": KEEPER,
    "meetings.letter": INVITED,
    "meetings.week": MEMBERS,
    "meetings.week_paper": MEMBERS,
    "meetings.create": SECRETARIES,
    "meetings.change": KEEPER,
    "meetings.publish": KEEPER,
    "meetings.hold": KEEPER,
    "meetings.cancel": KEEPER,
    "meetings.attendance": KEEPER,
    "meetings.calendars": SIGNED_IN,
    "meetings.revoke_calendar": frozenset({"hoa"}),
    "meetings.calendar_file": INVITED,
    # a secret in the address stands for a person
    "meetings.calendar_feed": ANYONE,
    "meetings.answer_link": ANYONE,
    "meetings.join": INVITED,
    "meetings.timeline": HOST,
    "meetings.act": HOST,
    # engines report here; each report proves itself (tests/meetings/test_conference_routes.py)
    "meetings.bigbluebutton_event": ANYONE,
    "meetings.jitsi_event": ANYONE,
    "meetings.jitsi_recording": ANYONE,
    "minutes.index": MEMBERS,
    "minutes.show": INVITED,
    "minutes.block": HOST,
    "minutes.download": INVITED,
    "minutes.versions": HOST,
    "minutes.edit": KEEPER,
    "minutes.add": KEEPER,
    "minutes.move": KEEPER,
    "minutes.remove": KEEPER,
    "minutes.save": KEEPER,
    "minutes.split": KEEPER,
    "minutes.join": KEEPER,
    "minutes.take_back": KEEPER,
    "minutes.restore": KEEPER,
    "minutes.history": HOST,
    "minutes.names": KEEPER,
    "minutes.submit": KEEPER,
    "minutes.withdraw": KEEPER,
    "minutes.approve": LEADER,
    "minutes.give_back": LEADER,
    "minutes.remark": HOST,
    "minutes.resolve_remark": KEEPER,
    "notices.index": SIGNED_IN,
    "notices.read_all": SIGNED_IN,
    "notices.show": frozenset({"hoa"}),
    "overview.today": SIGNED_IN,
    "overview.search": SIGNED_IN,
    "overview.board": LEADERS_AND_SECRETARIES,
    "overview.dossier": INVITED,
    "recordings.index": HOST,
    "recordings.sound": HOST,
    "recordings.peaks": HOST,
    "recordings.receive": KEEPER,
    "recordings.remove": KEEPER,
    "recordings.place": KEEPER,
    "recordings.upload_abilities": ANYONE,
    "recordings.create_upload": KEEPER,
    "recordings.upload": KEEPER,
    "recordings.continue_upload": KEEPER,
    "recordings.cancel_upload": KEEPER,
    "tasks.index": MEMBERS,
    "tasks.show": CONCERNED,
    "tasks.report": WORKERS,
    "tasks.complete": WORKERS,
    "tasks.reopen": HOST,
    "tasks.cancel": HOST,
    "tasks.assign": LEADER,
    "tasks.assign_all": LEADER,
    "transcripts.of_recording": HOST,
    "transcripts.show": HOST,
    "transcripts.stretch": HOST,
    "transcripts.change": HOST,
    "transcripts.progress": HOST,
    "transcripts.find": HOST,
    "transcripts.replace": KEEPER,
    "transcripts.undo_replace": KEEPER,
    "transcripts.assign": KEEPER,
    "transcripts.split": KEEPER,
    "transcripts.agenda": HOST,
    "transcripts.mark": KEEPER,
    "transcripts.export": HOST,
    "transcripts.segment": HOST,
    "transcripts.history": HOST,
    "transcripts.edit_segment": KEEPER,
    "transcripts.reject_segment": KEEPER,
    "transcripts.restore_words": KEEPER,
    "transcripts.show_glossary": LEADERS_AND_SECRETARIES,
    "transcripts.remove_term": KEEPER,
    "transcripts.speaker": KEEPER,
    "transcripts.name_speaker": KEEPER,
    "transcripts.retry": KEEPER,
    "transcripts.discard": KEEPER,
    "transcripts.takes": HOST,
    "transcripts.takes_at": HOST,
    "transcripts.hear_again": KEEPER,
    "transcripts.restore_take": KEEPER,
    "transcripts.hear_speaker_again": KEEPER,
    "transcripts.cancel": KEEPER,
    "transcripts.expected": HOST,
    "transcripts.add_talks": KEEPER,
    "transcripts.track": KEEPER,
}

#: What a request must carry before the question who may send it is even asked.
NEEDS: dict[str, dict[str, Any]] = {
    "meetings.answer": {"data": {"answer": "absent", "reason": "Mưa lũ"}},
    "meetings.decide": {"data": {"granted": "1"}},
    "transcripts.restore_words": {"data": {"version": "1"}},
    "meetings.calendars": {"data": {"name": "điện thoại"}},
    "meetings.answer_link": {"data": {"said": "coming"}},
    "api.report_progress": {"json": {"text": "đang làm", "percent": 10}},
    "recordings.create_upload": {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            # filename "a.opus", meeting 1
            "Upload-Metadata": "filename YS5vcHVz,meeting MQ==",
        }
    },
    "materials.create_upload": {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            # filename "a.opus", meeting 1
            "Upload-Metadata": "filename YS5vcHVz,meeting MQ==",
        }
    },
    "materials.upload": {"headers": {"Tus-Resumable": "1.0.0"}},
    "materials.cancel_upload": {"headers": {"Tus-Resumable": "1.0.0"}},
    "materials.continue_upload": {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
    },
    "transcripts.replace": {"data": {"q": "giao", "by": "Giao"}},
    "transcripts.mark": {"data": {"item": "1", "second": "3"}},
    "transcripts.name_speaker": {"data": {"name": "Lò Thị Hoa"}},
    "directions.dismiss": {"data": {"version": "1", "reason": "đã có việc khác"}},
    "directions.restore": {"data": {"version": "1"}},
    "transcripts.takes_at": {"query": {"at": "0:05"}},
    "materials.pack_openings": {"json": []},
    "tasks.report": {"data": {"text": "đang làm", "percent": "10"}},
    "tasks.complete": {"data": {"text": "đã xong"}},
    "tasks.reopen": {"data": {"reason": "còn thiếu", "text": "còn thiếu"}},
    "tasks.cancel": {"data": {"reason": "thay bằng việc khác", "text": "thay"}},
    "recordings.upload": {"headers": {"Tus-Resumable": "1.0.0"}},
    "recordings.cancel_upload": {"headers": {"Tus-Resumable": "1.0.0"}},
    "recordings.continue_upload": {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
    },
}
