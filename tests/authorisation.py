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
    "materials.receipts": HOST,
    "materials.remind": KEEPER,
    "materials.remove": KEEPER,
    "materials.restore": KEEPER,
    "meetings.index": SIGNED_IN,
    "meetings.month": SIGNED_IN,
    "meetings.create": SECRETARIES,
    "meetings.change": KEEPER,
    "meetings.publish": KEEPER,
    "meetings.hold": KEEPER,
    "meetings.cancel": KEEPER,
    "meetings.attendance": KEEPER,
    "minutes.index": MEMBERS,
    "minutes.show": INVITED,
    "minutes.block": HOST,
    "minutes.download": INVITED,
    "minutes.versions": HOST,
    "minutes.edit": KEEPER,
    "minutes.add": KEEPER,
    "minutes.move": KEEPER,
    "minutes.remove": KEEPER,
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
    "transcripts.progress": HOST,
    "transcripts.export": HOST,
    "transcripts.segment": HOST,
    "transcripts.history": HOST,
    "transcripts.edit_segment": KEEPER,
    "transcripts.reject_segment": KEEPER,
    "transcripts.speaker": KEEPER,
    "transcripts.retry": KEEPER,
    "transcripts.discard": KEEPER,
    "transcripts.add_talks": KEEPER,
}

#: What a request must carry before the question who may send it is even asked.
NEEDS: dict[str, dict[str, Any]] = {
    "api.report_progress": {"json": {"text": "đang làm", "percent": 10}},
    "recordings.create_upload": {
        "headers": {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            # filename "a.opus", meeting 1
            "Upload-Metadata": "filename YS5vcHVz,meeting MQ==",
        }
    },
    "directions.dismiss": {"data": {"version": "1", "reason": "đã có việc khác"}},
    "directions.restore": {"data": {"version": "1"}},
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
