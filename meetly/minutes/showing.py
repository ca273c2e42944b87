"""Minutes as the page shows them: parts of the paper, their blocks, and what each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from flask_babel import gettext as _

from meetly import clock
from meetly.accounts.models import Role, User
from meetly.minutes import service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.models import EDITABLE, Approval, Minutes, MinutesStatus, MinutesVersion, Remark
from meetly.paper_wording import clock_in_words, day_in_words
from meetly.recordings.models import Recording
from meetly.transcripts.models import Segment


@dataclass(frozen=True)
class ShownBlock:
    """One block with its number in its part, its evidence and its remarks."""

    block: Block
    number: int | None
    segments: list[Segment] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    derived: bool = False

    @property
    def start(self) -> float:
        """The second of its recording at which it begins."""
        first = self.segments[0]
        said = self.block.start
        return said if said is not None and first.start <= said <= first.end else first.start

    @property
    def end(self) -> float:
        """The second at which what it rests on in that recording ends."""
        first = self.segments[0]
        return max(s.end for s in self.segments if s.transcript_id == first.transcript_id)


@dataclass(frozen=True)
class Paper:
    """Everything the page of minutes shows to one person."""

    minutes: Minutes
    kept: MinutesVersion
    facts: dict[str, Any]
    blocks: dict[BlockKind, list[ShownBlock]]
    remarks: list[Remark]
    approval: Approval | None
    recordings: dict[int, Recording]
    #: the person keeps these minutes: sees evidence and remarks
    keeps: bool
    may_edit: bool
    may_decide: bool
    may_withdraw: bool

    @property
    def begins(self) -> str:
        """When the meeting began, in words."""
        return f"{self._time('starts')}, {day_in_words(date.fromisoformat(self.facts['date']))}"

    @property
    def ends(self) -> str:
        """When it ended, in words."""
        return f"{self._time('ends')}, {day_in_words(date.fromisoformat(self.facts['date']))}"

    @property
    def questions(self) -> int:
        """How many points are still to be asked."""
        return len(self.blocks[BlockKind.QUESTION])

    @property
    def drafter(self) -> str:
        """How a language model took part in the draft, in one sentence; empty where none did."""
        if not self.minutes.drafter:
            return ""
        trouble, _sep, share = self.minutes.drafter_note.partition(" ")
        passed, _sep, asked = share.partition("/")
        return f"{_worded(self.minutes.drafter, passed, asked)} {_why(trouble)}".strip()

    @property
    def open_remarks(self) -> int:
        """How many remarks nobody has dealt with."""
        found = [s for shown in self.blocks.values() for b in shown for s in b.remarks]
        return sum(remark.resolved_at is None for remark in [*self.remarks, *found])

    def clock_at(self, transcript_id: int, second: float) -> str:
        """When that was said, where several recordings make a second alone say too little."""
        begins = self.recordings[transcript_id].begins_at
        if begins is None or len(self.recordings) < 2:
            return ""
        return f"{clock.local(begins + timedelta(seconds=second)):%H:%M:%S}"

    def holds(self, kinds: Sequence[str]) -> bool:
        """Tell whether there is any block of these kinds."""
        return any(self.blocks[BlockKind(kind)] for kind in kinds)

    def _time(self, name: str) -> str:
        value = self.facts[name]
        return clock_in_words(time.fromisoformat(value) if value else None)


def _worded(model: str, passed: str, asked: str) -> str:
    own = _("Dự thảo dùng lời văn của Meetly, không dùng được câu nào của mô hình %(model)s.",
            model=model)  # fmt: skip
    shared = _("Mô hình %(model)s gợi ý lời văn %(passed)s/%(asked)s đoạn; từng câu đã được đối"
               " chiếu với lời nói.", model=model, passed=passed, asked=asked)  # fmt: skip
    return str(own if passed == "0" else shared)


def _why(trouble: str) -> str:
    reasons: dict[str, str] = {
        "wrong": _("Cấu hình mô hình chưa đúng."),
        "down": _("Máy chủ mô hình có lúc không trả lời."),
        "late": _("Đã hết thời gian dành cho mô hình."),
    }
    return reasons.get(trouble, "")


def paper_for(user: User, minutes: Minutes) -> Paper:
    """Gather what the page of minutes shows to this person."""
    kept = service.version_of(minutes)
    keeps = service.is_keeper(user, minutes)
    blocks = service.blocks_of(minutes)
    evidence = service.evidence_of(blocks) if keeps else {}
    remarks = service.remarks(minutes) if keeps else []
    known = {block.id for block in blocks}
    submitted = minutes.status == MinutesStatus.SUBMITTED
    keeps_words = service.is_keeper(user, minutes, Role.SECRETARY)
    return Paper(
        minutes=minutes,
        kept=kept,
        facts=service.facts_shown(minutes),
        blocks={kind: _shown(kind, blocks, evidence, remarks) for kind in BlockKind},
        remarks=[remark for remark in remarks if remark.block_id not in known],
        approval=service.approval_of(minutes),
        recordings=service.recordings_of(evidence.values()),
        keeps=keeps,
        may_edit=keeps_words and minutes.status in EDITABLE,
        may_decide=submitted and service.is_keeper(user, minutes, Role.LEADER),
        may_withdraw=submitted and keeps_words,
    )


def _shown(
    kind: BlockKind,
    blocks: Sequence[Block],
    evidence: dict[int, Segment],
    remarks: Sequence[Remark],
) -> list[ShownBlock]:
    mine = [block for block in blocks if block.kind is kind]
    counted = kind is not BlockKind.ASSESSMENT
    return [
        ShownBlock(
            block=block,
            number=number if counted else None,
            segments=[evidence[i] for i in block.evidence if i in evidence],
            remarks=[remark for remark in remarks if remark.block_id == block.id],
            derived=service.is_derived(block),
        )
        for number, block in enumerate(mine, 1)
    ]
