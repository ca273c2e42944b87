"""Verbs of Word files: bring an edited one back, see what it would change, accept it or drop it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from io import BytesIO

from flask_babel import gettext as _
from sqlalchemy import select

from meetly import audit, clock
from meetly.accounts.models import Role, User
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import db
from meetly.materials import formats
from meetly.minutes import approval, kept_papers
from meetly.minutes import blocks as paper
from meetly.minutes import service as minutes_service
from meetly.minutes.block_lines import item_heading
from meetly.minutes.blocks import Block
from meetly.minutes.document import minutes_docx
from meetly.minutes.editing import asked
from meetly.minutes.gathering import facts_of
from meetly.minutes.models import EDITABLE, Minutes
from meetly.minutes.versions import blocks_of, hold_open, keep, require, require_version
from meetly.minutes.word_files import judging, reading, sections
from meetly.minutes.word_files.choosing import Proposals, chosen, proposals
from meetly.minutes.word_files.found import Found
from meetly.minutes.word_files.matching import Matched, likeness, marked, marks_for, match
from meetly.minutes.word_files.models import WordFile, WordFileStatus

#: versions compared with a file that lost its marks, and notes kept of one
_NEAREST, _MOST_NOTES, _LONGEST_NOTE = 20, 100, 300
#: a file of which less is known than this share of its paragraphs is some other document
_KNOWN = 0.2


def bring_back(user: User, minutes: Minutes, filename: str, document: bytes) -> WordFile:
    """Keep an edited .docx and what it would change; the minutes stay as they are until accepted.

    BadInput when it is no harmless .docx or nothing of these minutes is in it.
    """
    require(user, minutes, Role.SECRETARY)
    if minutes.status not in EDITABLE:
        raise WrongState("Biên bản không sửa được lúc này nên chưa nhận tệp Word.")
    judging.require_docx(document)
    found = judging.read(document)
    base, matched, notes = _matched(minutes, found, hashlib.sha256(document).hexdigest())
    word_file = WordFile(
        minutes_id=minutes.id, base_version=base, sha256=kept_papers.store(document),
        filename=formats.clean_name(filename, formats.DOCX), status=WordFileStatus.OPEN,
        blocks=paper.to_json(matched.blocks), notes=notes,
        remarks=[
            {"block": block, "author": comment.author[:100], "text": comment.text[:3800]}
            for block, comment in matched.remarks
        ],
        uploaded_at=clock.now(), uploaded_by_id=user.id,
    )  # fmt: skip
    db.session.add(word_file)
    db.session.flush()
    audit.record(
        user.id, "minutes.bring_back_word", word_file, minutes=minutes.id, sha256=word_file.sha256
    )
    return word_file


def of_minutes(minutes: Minutes) -> list[WordFile]:
    """List the files that were brought back, newest first."""
    query = select(WordFile).where(WordFile.minutes_id == minutes.id)
    return list(db.session.scalars(query.order_by(WordFile.id.desc())))


def get_to_decide(user: User, word_file_id: int) -> WordFile:
    """Return a file for a secretary of the unit that met; NotFound otherwise."""
    found = db.session.get(WordFile, word_file_id)
    if found is None or not minutes_service.is_keeper(user, found.minutes, Role.SECRETARY):
        raise NotFound()
    return found


def would_change(word_file: WordFile) -> Proposals:
    """Return what a file would change in the minutes as they stand now."""
    base, file = _read_back(word_file)
    return proposals(base, file, blocks_of(word_file.minutes))


def accept(
    user: User, word_file: WordFile, version: int, taken: Collection[str], *, order: bool
) -> int:
    """Take the chosen blocks over as one new version and return its number.

    Comments become remarks. Stale when the minutes changed since the page was shown.
    """
    minutes = word_file.minutes
    require(user, minutes, Role.SECRETARY)
    hold_open(minutes)
    _require_open(word_file)
    require_version(minutes, version)
    base, file = _read_back(word_file)
    now = blocks_of(minutes)
    after = asked(minutes, chosen(base, file, now, taken, order=order))
    if after != now:
        keep(user.id, minutes, after, f"Nhận từ tệp Word «{word_file.filename}»")
    known = {block.id for block in after}
    for said in word_file.remarks:
        block_id = said["block"] if said["block"] in known else ""
        words = f"{said['author']}: {said['text']}" if said["author"] else said["text"]
        approval.remark(user, minutes, minutes.version, block_id, words)
    _decide(user, word_file, WordFileStatus.ACCEPTED)
    return minutes.version


def drop(user: User, word_file: WordFile) -> None:
    """Leave the minutes as they are; the file stays kept."""
    require(user, word_file.minutes, Role.SECRETARY)
    _require_open(word_file)
    _decide(user, word_file, WordFileStatus.DROPPED)


def _decide(user: User, word_file: WordFile, status: WordFileStatus) -> None:
    word_file.status, word_file.decided_at = status, clock.now()
    db.session.flush()
    audit.record(user.id, f"minutes.word_{status}", word_file, version=word_file.minutes.version)


def _require_open(word_file: WordFile) -> None:
    db.session.refresh(word_file, with_for_update={"of": WordFile})
    if word_file.status != WordFileStatus.OPEN:
        raise WrongState("Tệp Word này đã được nhận hoặc đã bỏ qua rồi.")


def _matched(minutes: Minutes, found: list[Found], seed: str) -> tuple[int, Matched, list[str]]:
    file = sections.sort(found, _items(blocks_of(minutes)))
    if file.is_notice:
        raise BadInput("Đây là thông báo kết luận. Hãy sửa trên tệp Biên bản rồi tải lên.")
    base_version = _base_version(minutes, found, file)
    base = blocks_of(minutes, base_version)
    facts = facts_of(minutes.meeting)
    marks = marks_for(minutes.id, base_version, base)
    matched = match(file, base, marks, facts, seed)
    known = {block.id for block in base}
    if sum(block.id in known for block in matched.blocks) < _KNOWN * len(matched.blocks) or (
        not matched.blocks
    ):
        raise BadInput("Không nhận ra đoạn nào của biên bản này trong tệp. Có phải tệp khác không?")
    notes = sections.frame_notes(_our_frame(minutes, base_version), file.frame)
    notes += [*(_("Bảng: %(text)s", text=text) for text in file.tables)]
    notes += [*(_("Thời hạn chưa hiểu được: %(text)s", text=text) for text in matched.unread)]
    return base_version, matched, [note[:_LONGEST_NOTE] for note in notes[:_MOST_NOTES]]


def _base_version(minutes: Minutes, found: list[Found], file: sections.Sorted) -> int:
    """Return the version a file was taken away as; without marks, the one most of it is in."""
    counted = marked(found)
    ours = {version: n for (of, version), n in counted.items() if of == minutes.id}
    ours = {version: n for version, n in ours.items() if 1 <= version <= minutes.version}
    if ours:
        return max(ours, key=lambda version: ours[version])
    if counted:
        raise BadInput("Tệp này là biên bản của một cuộc họp khác.")
    nearest = minutes_service.versions(minutes)[:_NEAREST]
    return max(nearest, key=lambda v: likeness(file, paper.from_json(v.blocks))).number


def _our_frame(minutes: Minutes, version: int) -> list[str]:
    """Return the frame as Meetly writes it today."""
    blocks = blocks_of(minutes, version)
    ours = minutes_docx(facts_of(minutes.meeting), blocks, marks_for(minutes.id, version, blocks))
    return sections.sort(reading.found_in(BytesIO(ours)), _items(blocks)).frame


def _items(blocks: list[Block]) -> set[str]:
    return {item_heading(block) for block in blocks}


def _read_back(word_file: WordFile) -> tuple[list[Block], list[Block]]:
    base = blocks_of(word_file.minutes, word_file.base_version)
    return base, paper.from_json(word_file.blocks)
