"""Find the directions in a draft's conclusions; pure, for the house and for the command line."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from datetime import date

from meetly.accounts.directory import Directory
from meetly.directions.extraction import Found, extract
from meetly.minutes.blocks import Assignment, Block, BlockKind
from meetly.minutes.drafting import Conclusion, Utterance, weave
from meetly.paper_wording import capitalised
from meetly.working_days import working_day_after


def found_in(
    blocks: Sequence[Block], meeting_date: date, directory: Directory | None
) -> list[tuple[Block, Found]]:
    """Return each direction with the block it was found in.

    The conclusions are read as one text, so that "this department" finds what it refers to.
    Working days are those of the Vietnamese calendar.
    """
    conclusions = [block for block in blocks if block.kind is BlockKind.ASSESSMENT]
    starts: list[int] = []
    text = ""
    for block in conclusions:
        starts.append(len(text))
        text += block.text + "\n"
    found = extract(text, meeting_date, directory, working_day_after=working_day_after)
    return [(conclusions[bisect.bisect_right(starts, item.start) - 1], item) for item in found]


def concluding(found: Iterable[tuple[Block, Found]]) -> list[Conclusion]:
    """Say findings the way drafting weaves them in."""
    # A finding may run past the end of its block; only the words inside it can be woven.
    return [
        Conclusion(block.id, item.span.split("\n")[0].strip(), assignment_of(item))
        for block, item in found
    ]


def assignment_of(item: Found) -> Assignment:
    """Return what a finding assigns."""
    return Assignment(
        lead=tuple(item.lead),
        coordinate=tuple(item.coordinate),
        due=item.due,
        recurring=item.recurring,
        product=capitalised(" ".join(item.product.split())),
    )


def conclude(
    blocks: Sequence[Block],
    utterances: Iterable[Utterance],
    meeting_date: date,
    directory: Directory | None,
) -> tuple[list[Block], list[Found]]:
    """Return the draft with its directions woven in, and what was found."""
    found = found_in(blocks, meeting_date, directory)
    woven = weave(blocks, concluding(found), utterances=utterances, meeting_date=meeting_date)
    return woven, [item for _, item in found]
