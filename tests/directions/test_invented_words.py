"""Words that nobody may have said are shown struck through, counted, and used nowhere."""

from __future__ import annotations

import pytest

from meetly import search
from meetly.directions import service as directions
from meetly.extensions import db
from meetly.minutes import service as minutes_service
from meetly.minutes.drafting import Utterance
from meetly.search import SearchEntry
from meetly.transcripts import findable
from meetly.transcripts import service as transcripts
from meetly.transcripts.models import Segment
from tests.cast import Cast
from tests.minutes import briefing, sample
from tests.recordings.test_routes import SignIn

ORDER = "Yêu cầu Sở Y tế báo cáo dịch bạch hầu trước ngày 31 tháng 12 năm 2026."


def invented(cast: Cast, flag: str) -> Segment:
    """The sample with one more order of the chair among the conclusions."""
    said = sample.utterances()
    at = max(n for n, u in enumerate(said) if u.chair or u.speaker == "Trần Quốc Khải")
    like = said[at]
    extra = Utterance(
        999, like.start - 0.2, like.start - 0.1, ORDER, like.speaker, like.position, like.unit,
        like.chair,
    )  # fmt: skip
    transcript = briefing.transcribed(cast, briefing.held(cast), [*said[:at], extra, *said[at:]])
    segment = db.session.query(Segment).filter_by(text=ORDER).one()
    segment.suspicion = flag
    for each in transcripts.segments(transcript):
        findable.update(each, transcript)
    db.session.commit()
    return segment


@pytest.mark.parametrize("flag", ["no_speech", "phrase", "repeats", "unsure", "rejected", ""])
def test_a_flagged_order_reaches_neither_draft_nor_directions_nor_search(
    cast: Cast, flag: str
) -> None:
    segment = invented(cast, flag)
    transcript = transcripts.get(cast.nam, segment.transcript_id)
    meeting = transcript.recording.meeting
    minutes = minutes_service.draft_for(meeting)
    found = directions.propose_for(minutes)
    hits = search.find("dịch bạch hầu", SearchEntry.kind == findable.KIND)
    used = [
        any(u.text == ORDER for u in minutes_service.heard_in(meeting).utterances),
        any("bạch hầu" in block.text for block in minutes_service.blocks_of(minutes)),
        any("bạch hầu" in direction.text for direction in found),
        bool(hits),
    ]
    # without a flag it is used everywhere: so much would an unguarded invention do
    assert used == [not flag] * 4
    assert transcripts.suspected(transcript) == bool(flag)


def test_an_older_hearing_is_found_nowhere_either(cast: Cast) -> None:
    segment = invented(cast, "")
    transcript = transcripts.get(cast.nam, segment.transcript_id)
    segment.current = False
    findable.update(segment, transcript)
    minutes = minutes_service.draft_for(transcript.recording.meeting)
    assert not any("bạch hầu" in block.text for block in minutes_service.blocks_of(minutes))
    assert not any("bạch hầu" in d.text for d in directions.propose_for(minutes))
    assert not search.find("dịch bạch hầu", SearchEntry.kind == findable.KIND)
    segment.suspicion = "phrase"
    assert transcripts.suspected(transcript) == 0


def test_the_page_strikes_it_through(cast: Cast, sign_in: SignIn) -> None:
    segment = invented(cast, "phrase")
    page = sign_in(cast.nam).get(f"/transcripts/{segment.transcript_id}/segments/{segment.id}")
    if page.status_code == 302:
        page = sign_in(cast.nam).get(page.headers["Location"])
    assert f"<s>{ORDER}</s>" in page.text
