"""The notice of conclusions (thông báo kết luận, form 1.4): what the chair decided, for all."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document

from meetly import paper_layout as layout
from meetly.folding import fold
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.facts import MeetingFacts
from meetly.minutes.task_wording import dated
from meetly.paper_parts import (
    add,
    letterhead,
    recipients,
    replacing,
    signature,
    signatures,
    title,
)
from meetly.paper_wording import (
    BLANK,
    capitalised,
    clean,
    day_in_words,
    letter,
    lowered,
    numeral,
    row,
    sentence,
)


def write_notice(document: Document, facts: MeetingFacts, blocks: Sequence[Block]) -> None:
    """Write the notice into a blank document."""
    number = f"Số: {numeral(facts.notice_number)}/TB-{facts.agency_code}"
    letterhead(document, facts.head, number, place_date(facts))
    title(document, "THÔNG BÁO", subject(facts))
    replacing(document, facts.notice_replaces)
    add(document, layout.BODY, opening(facts, blocks))
    _sections(document, facts, blocks)
    add(document, layout.INTRODUCING, closing(facts))
    signatures(
        document,
        recipients(facts.recipients, facts.notice_file),
        signature(facts.signer.name, facts.signer.position or "CHÁNH VĂN PHÒNG"),
    )


def subject(facts: MeetingFacts) -> str:
    """Return what the notice is about."""
    return f"Kết luận của {chair_of(facts)} tại {clean(facts.title)}"


def closing(facts: MeetingFacts) -> str:
    """Return the last sentence."""
    office = capitalised(clean(facts.office))
    return f"{office} thông báo để các cơ quan, địa phương biết, thực hiện./."


def place_date(facts: MeetingFacts) -> str:
    """Return where and when the notice is issued; the day is left open before."""
    place = clean(facts.locality) or BLANK
    if facts.issued:
        return f"{place}, {day_in_words(facts.issued)}"
    return f"{place}, ngày {BLANK} tháng {BLANK} năm {facts.date.year}"


def chair_of(facts: MeetingFacts) -> str:
    """Return the post of who concluded."""
    return clean(facts.chair.position) or "chủ trì"


def opening(facts: MeetingFacts, blocks: Sequence[Block]) -> str:
    """Return the first paragraph: who held which meeting, who attended, who reported."""
    chair = " ".join(part for part in (chair_of(facts), clean(facts.chair.name)) if part)
    held = (
        f"{capitalised(day_in_words(facts.date))}, {chair} chủ trì {lowered(clean(facts.title))}."
    )
    attended = f" Dự họp có {clean(facts.attendees).rstrip('.')}." if facts.attendees else ""
    reporters = list(dict.fromkeys(b.unit for b in blocks if b.kind is BlockKind.REPORT and b.unit))
    heard = f"báo cáo của {row(reporters)} và " if reporters else ""
    return (
        f"{held}{attended} Sau khi nghe {heard}ý kiến của các đại biểu, "
        f"{chair_of(facts)} kết luận như sau:"
    )


def _sections(document: Document, facts: MeetingFacts, blocks: Sequence[Block]) -> None:
    assessments = [b for b in blocks if b.kind is BlockKind.ASSESSMENT and clean(b.text)]
    directions = [b for b in blocks if b.kind is BlockKind.DIRECTION and clean(b.text)]
    followed = [b for b in directions if follows_up(b, facts)]
    tasks = [b for b in directions if b not in followed]
    sections = [
        ("Đánh giá chung", [clean(b.text) for b in assessments]),
        ("Nhiệm vụ", [order(b) for b in tasks]),
        ("Theo dõi", [order(b) for b in followed]),
    ]
    for number, (name, texts) in enumerate((s for s in sections if s[1]), 1):
        heading = (f"{number}. {name}.", "b")
        if name == "Nhiệm vụ":
            add(document, layout.HEADING, f"{number}. {name}")
            for index, text in enumerate(texts):
                add(document, layout.BODY, f"{letter(index)}) {text}")
        else:
            add(document, layout.BODY, heading, f" {texts[0]}")
            for text in texts[1:]:
                add(document, layout.BODY, text)


def order(block: Block) -> str:
    """Return a direction as the notice gives it, with the deadline in full."""
    text = sentence(clean(block.text))
    return dated(text, block.assignment) if block.assignment else text


def follows_up(block: Block, facts: MeetingFacts) -> bool:
    """Tell whether the office itself is told to watch over the rest."""
    lead = block.assignment.lead if block.assignment else ()
    return fold(facts.office) in map(fold, lead) and "theo doi" in fold(block.text)
