"""Measure drafting: `python -m bench.minutes`, or `make bench-minutes`.

First a meeting of three hours in 10,000 segments is drafted and both documents are written; then
the sample briefing, from its script and from its recording as the bundled model hears it, is
compared with what its secretary wrote. Ends with one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle, islice
from typing import Any

from meetly.accounts.directory import Directory
from meetly.config import Config
from meetly.directions.conclusions import conclude
from meetly.minutes import doubts
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.document import minutes_docx, notice_docx
from meetly.minutes.drafting import Utterance, draft, unsupported
from meetly.minutes.versions import MOST_BLOCKS
from meetly.paths import DEMO_DATA
from tests.minutes import sample

#: Segments of a meeting of three hours: a breath of three or four words each.
SEGMENTS, SECONDS = 10_000, 3 * 3600
#: Words of a segment.
_BREATH = 4
_SPOKEN = (BlockKind.REPORT, BlockKind.DISCUSSION)


@dataclass(frozen=True)
class Drafted:
    """One draft and what it was made from."""

    blocks: list[Block]
    said: Sequence[Utterance]

    @property
    def unsupported(self) -> list[str]:
        """What the draft claims and its evidence does not hold."""
        return unsupported(self.blocks, self.said)

    @property
    def words_ratio(self) -> float:
        """Words of parts I and II by the words spoken."""
        kept = sum(len(b.text.split()) for b in self.blocks if b.kind in _SPOKEN)
        return kept / sum(len(u.text.split()) for u in self.said)

    @property
    def directions_found(self) -> int:
        """How many of the sample's directions stand there with their units and their time."""
        drafted = [b.assignment for b in self.blocks if b.kind is BlockKind.DIRECTION]
        found = [(set(a.lead), set(a.coordinate), a.due, bool(a.recurring)) for a in drafted if a]
        return sum(wanted in found for wanted in _wanted())


def drafted(said: Sequence[Utterance], directory: Directory) -> Drafted:
    """Draft as the house does: blocks, doubts, then the directions woven in."""
    blocks = draft(said, chair=sample.CHAIR)
    blocks += doubts.questions(blocks, said, directory)
    woven, _found = conclude(blocks, said, sample.DAY, directory)
    return Drafted(woven, said)


def long_meeting() -> list[Utterance]:
    """Return three hours of it: unit after unit reports and is asked, then the chair concludes."""
    script = sample.utterances()
    end = next(n for n, u in enumerate(script) if "tôi kết luận" in u.text)
    concluding = list(_breaths(script[end:], 0))
    talk = (said for number in cycle(range(1, 76)) for said in _breaths(script[8:end], number))
    spoken = [*islice(talk, SEGMENTS - len(concluding)), *concluding]
    each = SECONDS / len(spoken)
    return [
        replace(said, id=number + 1, start=number * each, end=(number + 0.9) * each)
        for number, said in enumerate(spoken)
    ]


def _breaths(script: Sequence[Utterance], number: int) -> Iterator[Utterance]:
    """Cut sentences into breaths; each time round other units speak, of other figures."""
    for said in script:
        words = said.text.split()
        if number:
            words = [str(int(word) + number) if word.isdigit() else word for word in words]
            if not said.chair:
                said = replace(
                    said, speaker=f"{said.speaker} {number}", unit=f"{said.unit} {number}"
                )
        for start in range(0, len(words), _BREATH):
            yield replace(said, text=" ".join(words[start : start + _BREATH]))


def recorded(directory: Directory) -> list[Utterance]:
    """Return the sample's recording as the bundled model hears it."""
    from meetly.recordings import talk_events
    from meetly.transcripts.attribution import Talk
    from meetly.transcripts.known_names import Names
    from workers import engines
    from workers.dictation import transcribe_file

    config = Config(speech_model=str(DEMO_DATA / "micro-vi.pt"))
    events = talk_events.read((DEMO_DATA / "briefing.events.json").read_bytes())
    who = {row["name"]: row for row in events.speakers}
    heard = transcribe_file(
        DEMO_DATA / "briefing.opus", engines.make(config.speech_model, "", config),
        talks=[Talk(speaker, start, end) for speaker, start, end in events.talks],
        names=Names.of_directory(directory),
    )  # fmt: skip
    return [
        Utterance(
            number, s.start, s.end, s.text, s.speaker or "",
            position=who.get(s.speaker or "", {}).get("position", ""),
            unit=who.get(s.speaker or "", {}).get("unit", ""),
            chair=s.speaker == sample.CHAIR,
        )
        for number, s in enumerate(heard.segments, 1)
        if not s.suspicion
    ]  # fmt: skip


def _wanted() -> list[tuple[set[str], set[str], date | None, bool]]:
    labelled: dict[str, Any] = json.loads((sample.DATA / "sample_directions.json").read_text())
    return [
        (
            set(item["lead"]),
            set(item["coordinate"]),
            date.fromisoformat(item["due"]) if item["due"] else None,
            bool(item["recurring"]),
        )
        for item in labelled["directions"]
    ]


def _print(name: str, made: Drafted) -> None:
    print(
        f"{name:22s} blocks {len(made.blocks):4d} unsupported {len(made.unsupported)}"
        f" directions {made.directions_found}/{len(_wanted())} words {made.words_ratio:.1%}"
    )
    for claim in made.unsupported:
        print("   not said:", claim)


def main() -> int:
    """Print the table and the line of JSON; fail where a claim is unsupported."""
    directory = Directory.read(DEMO_DATA / "units.csv")
    said = long_meeting()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    long = drafted(said, directory)
    drafting = time.perf_counter() - begun
    papers = [minutes_docx(sample.FACTS, long.blocks), notice_docx(sample.FACTS, long.blocks)]
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{len(said):,} segments, {sum(len(u.text.split()) for u in said):,} words: drafted in"
        f" {drafting:.2f} s, with both documents ({sum(map(len, papers)) / 1024:.0f} KB)"
        f" {seconds:.2f} s; {peak / 1024:.0f} MB, {(peak - before) / 1024:.0f} MB of it for this"
    )
    if len(long.blocks) >= MOST_BLOCKS:
        print(f"too many blocks: {len(long.blocks)}")
        return 1
    _print("three hours", long)
    script = drafted(sample.utterances(), directory)
    _print("sample, its script", script)
    heard = drafted(recorded(directory), directory)
    _print("sample, its recording", heard)
    everything = [long, script, heard]
    invented = sum(len(made.unsupported) for made in everything)
    print(
        json.dumps(
            {
                "seconds_10k_segments": round(seconds, 2),
                "peak_mb": round(peak / 1024),
                "unsupported": invented,
                "directions_found": min(made.directions_found for made in everything),
                "words_ratio": round(max(made.words_ratio for made in everything), 3),
            }
        )
    )
    return 1 if invented else 0


if __name__ == "__main__":
    sys.exit(main())
