"""The story of a task: what was said, decided and asked about it, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from meetly.tasks.models import (
    Evidence,
    ExtensionRequest,
    ExtensionStatus,
    Progress,
    ProgressKind,
)

#: Entries that a request for more time adds beside the kinds of progress.
ASKED, REFUSED, WITHDRAWN = "asked", "refused", "withdrawn"


@dataclass(frozen=True)
class Entry:
    """One line of the story."""

    at: datetime
    kind: str
    who: str
    text: str = ""
    percent: int | None = None
    #: the deadline before and the one wished for or given
    old: date | None = None
    new: date | None = None
    evidence: list[Evidence] = field(default_factory=list)


def told(progress: Iterable[Progress], requests: Iterable[ExtensionRequest]) -> list[Entry]:
    """Put both into one order, the newest first; pure."""
    entries = [_of_progress(p) for p in progress if p.kind != ProgressKind.EXTEND]
    for request in requests:
        entries.append(
            Entry(
                request.asked_at, ASKED, request.asked_by.name, request.reason,
                old=request.old_due, new=request.wanted,
            )
        )  # fmt: skip
        if request.decided_at and request.decided_by:
            entries.append(_of_decision(request, request.decided_at, request.decided_by.name))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _of_progress(line: Progress) -> Entry:
    percent = line.percent if line.kind in (ProgressKind.REPORT, ProgressKind.CLAIM) else None
    return Entry(
        line.at, line.kind, line.author.name, line.text, percent, evidence=line.evidence
    )  # fmt: skip


def _of_decision(request: ExtensionRequest, at: datetime, who: str) -> Entry:
    kind = {
        ExtensionStatus.GRANTED: str(ProgressKind.EXTEND),
        ExtensionStatus.REFUSED: REFUSED,
    }.get(request.status, WITHDRAWN)
    return Entry(at, kind, who, request.answer, old=request.old_due, new=request.granted)


def last(entries: Iterable[Entry], *kinds: str) -> Entry | None:
    """Return the newest line of one of these kinds."""
    return next((entry for entry in entries if entry.kind in kinds), None)
