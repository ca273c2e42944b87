"""Photos and files that prove a report: judged by their bytes, kept beside the report's line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from meetly import arriving
from meetly.accounts.models import User
from meetly.config import settings
from meetly.errors import BadInput, MeetlyError, NoSpace, NotFound, TooLarge
from meetly.extensions import db
from meetly.materials import space
from meetly.materials.formats import FORMATS, Format, clean_name, judge
from meetly.storage import Stored, files
from meetly.tasks import listing
from meetly.tasks.models import Evidence, Progress

#: Where the files lie.
FOLDER = "evidence"


@dataclass(frozen=True)
class Proof:
    """A file that was judged and lies in the store, and proves nothing yet."""

    name: str
    kind: Format
    key: str
    stored: Stored


class Refused(BadInput):
    """Some of the files cannot be taken; none was."""

    message = "Có tệp chưa nhận được."

    def __init__(self, reasons: Sequence[tuple[str, MeetlyError]]) -> None:
        super().__init__()
        #: the name of each refused file as it was sent, and why
        self.reasons = reasons


def receive(sent: Iterable[tuple[str, BinaryIO]]) -> list[Proof]:
    """Judge open files and copy them into the store; Refused, with nothing kept, if one is not.

    The same file twice is taken once.
    """
    found, most = list(sent), settings().most_evidence
    if len(found) > most:
        few = BadInput("Mỗi báo cáo kèm được tối đa %(most)s tệp.", most=most)
        raise Refused([(name, few) for name, _source in found[most:]])
    proofs: dict[str, Proof] = {}
    refused: list[tuple[str, MeetlyError]] = []
    for name, source in found:
        try:
            proof = _take(name, source)
        except (BadInput, TooLarge, NoSpace) as error:
            refused.append((name, error))
            continue
        if proof.stored.sha256 in proofs:
            files.delete(proof.key)
        else:
            proofs[proof.stored.sha256] = proof
    if refused:
        drop(proofs.values())
        raise Refused(refused)
    return list(proofs.values())


def _take(name: str, source: BinaryIO) -> Proof:
    size, largest = source.seek(0, 2), settings().largest_evidence
    if size > largest:
        raise TooLarge(
            "Tệp lớn hơn %(largest)s MB nên chưa được nhận. Hãy giảm dung lượng hoặc tách tệp.",
            largest=largest >> 20,
        )
    space.require_disk(size)
    kind = judge(source)
    source.seek(0)
    key = arriving.new_key(FOLDER)
    stored = files.write(key, iter(lambda: source.read(arriving.PIECE), b""))
    return Proof(clean_name(name, kind), kind, key, stored)


def drop(proofs: Iterable[Proof]) -> None:
    """Delete files whose report did not come about."""
    for proof in proofs:
        files.delete(proof.key)


def attach(said: Progress, proofs: Iterable[Proof]) -> None:
    """Make files the evidence of a line of the story."""
    said.evidence.extend(
        Evidence(
            name=proof.name, media_type=proof.kind.media_type, size=proof.stored.size,
            sha256=proof.stored.sha256, storage_key=proof.key,
        )
        for proof in proofs
    )  # fmt: skip
    db.session.flush()


def get(user: User, evidence_id: int) -> Evidence:
    """Return a file of a task the person may see; NotFound otherwise."""
    query = select(Evidence, Progress.task_id).join(Progress, Progress.id == Evidence.progress_id)
    found = db.session.execute(query.where(Evidence.id == evidence_id)).one_or_none()
    if found is None:
        raise NotFound()
    listing.get(user, found.task_id)
    proof: Evidence = found.Evidence
    return proof


def stored_at(proof: Evidence) -> Path:
    """Return where its bytes lie; NotFound when they do not."""
    path = files.path(proof.storage_key)
    if not path.is_file():
        raise NotFound()
    return path


def is_shown(proof: Evidence) -> bool:
    """Tell whether a browser may show it in place; the others are only ever saved."""
    return FORMATS[proof.media_type].shown


def sweep() -> int:
    """Delete files whose report did not come about because somebody died; return how many."""
    wanted = set(db.session.scalars(select(Evidence.storage_key)))
    return files.sweep(FOLDER, arriving.GRACE, wanted.__contains__)
