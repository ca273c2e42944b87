"""The paper as it is signed: what was approved, with number and date, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from meetly.errors import MeetlyError
from meetly.minutes import kept_papers
from meetly.minutes.blocks import Block
from meetly.minutes.facts import MeetingFacts, facts_from_json
from meetly.minutes.gathering import timed
from meetly.minutes.issuing.models import DocumentKind
from meetly.minutes.models import Approval, Minutes, MinutesVersion
from meetly.minutes.versions import blocks_of, version_of


class NotTheApproved(MeetlyError):
    """Rendering again does not give the approved bytes, so a number may not go onto it."""

    code = "NOT_THE_APPROVED"
    message = (
        "Không dựng lại được đúng bản đã duyệt, có thể vì phần mềm đã đổi từ khi duyệt. Chưa lấy "
        "số nào. Hãy mở lại biên bản, gửi và duyệt lại rồi đăng ký."
    )


class ApprovedPaper:
    """One approved document that can be written again with its number."""

    def __init__(self, minutes: Minutes, approval: Approval, kind: DocumentKind) -> None:
        """Read the approved version; NotTheApproved when it no longer gives the approved bytes."""
        version = version_of(minutes, approval.version)
        self.kind = kind
        self.facts: MeetingFacts = facts_from_json(version.facts)
        self._blocks = frozen(minutes, version)
        minutes_kind = kind is DocumentKind.MINUTES
        self._template = version.minutes_template if minutes_kind else version.notice_template
        approved = _approved(approval, kind)
        kept_papers.read(approved)  # Tampered when what is kept was changed
        if hashlib.sha256(self._rendered(self.facts)).hexdigest() != approved:
            raise NotTheApproved()

    def numbered(self, number: int, dated: date) -> bytes:
        """Return the .docx with this number and date."""
        if self.kind is DocumentKind.MINUTES:  # minutes have no line of place and date
            return self._rendered(replace(self.facts, minutes_number=number))
        return self._rendered(replace(self.facts, notice_number=number, issued=dated))

    def _rendered(self, facts: MeetingFacts) -> bytes:
        return kept_papers.rendered(self.kind.value, facts, self._blocks, self._template)


def frozen(minutes: Minutes, version: MinutesVersion) -> list[Block]:
    """Return the blocks of a submitted version at the seconds that were shown then.

    Somebody may have corrected the clock of the recording since.
    """
    blocks = blocks_of(minutes, version.number)
    marks = version.facts.get("marks")
    if marks is None:
        return timed(minutes.meeting, blocks)
    return [replace(block, start=marks.get(block.id, block.start)) for block in blocks]


def _approved(approval: Approval, kind: DocumentKind) -> str:
    minutes = kind is DocumentKind.MINUTES
    return approval.minutes_sha256 if minutes else approval.notice_sha256
