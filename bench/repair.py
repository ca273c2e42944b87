"""Measure the repair of heard text: `python -m bench.repair [--audio FILE]`.

For the cases it was built on and for those held out: names, figures and the rest right before and
after, what was changed although it was right, segments a second. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meetly.accounts.directory import Directory
from meetly.transcripts.corrected import changed_words
from meetly.transcripts.known_names import Names
from meetly.transcripts.repair import repair
from training.spoken_form import readings

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "transcripts" / "data"
UNITS = ROOT / "meetly" / "demo" / "data" / "units.csv"
BUILT_ON, HELD_OUT = CASES / "repair_cases.jsonl", CASES / "repair_held_out.jsonl"
BRIEFING = ROOT / "meetly" / "demo" / "data" / "briefing.txt"
#: Written for another province: its communes are not in the directory.
UNSEEN = ROOT / "training" / "unseen_briefing.txt"
#: Who and what the meeting of the cases knows besides the directory.
PEOPLE = (
    "Trần Quốc Khải", "Đỗ Văn Nam", "Lê Thị Minh Hòa", "Phạm Đức Long", "Hoàng Thu Hà",
    "Vàng A Sình", "Nguyễn Bảo Châu",
)  # fmt: skip
TITLES = ("Giải phóng mặt bằng đường Bản Pho – Nà Ló", "Báo cáo giải ngân vốn đầu tư công")
KINDS = ("name", "number", "money", "date", "document", "abbreviation", "punctuation", "keep")
LOCAL_KINDS = ("commune", "ward", "special_zone")
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_TONE_SHIFTS = (
    ("\u0309", "\u0303"), ("\u0303", "\u0309"), ("\u0300", "\u0301"), ("\u0301", "\u0300"),
    ("\u0323", "\u0300"), ("\u0300", "\u0323"),
)  # fmt: skip
_ACCENTS = (("l", "n"), ("tr", "ch"), ("s", "x"), ("d", "gi"), ("r", "d"), ("v", "d"))
_TIMED_SECONDS = 1.5


@dataclass(frozen=True)
class Case:
    """What was heard and what is wanted; for the kind "keep" both are the same."""

    id: str
    kind: str
    heard: str
    wanted: str


def cases(path: Path) -> list[Case]:
    """Read the cases of a file."""
    return [Case(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def names(units: Path = UNITS) -> Names:
    """Return what the meeting of the cases knows."""
    return Names.of(Directory.read(units), PEOPLE, TITLES)


def repaired(case: Case, known: Names) -> str:
    """Repair a case; only those about punctuation come from an engine that writes none."""
    return repair(case.heard, known, bare=case.kind == "punctuation").text


def measure(path: Path, known: Names) -> dict[str, float]:
    """Print one table of a file and return its figures."""
    before, after, total = Counter[str](), Counter[str](), Counter[str]()
    missed = []
    read = cases(path)
    for case in read:
        now = repaired(case, known)
        total[case.kind] += 1
        before[case.kind] += case.heard == case.wanted
        after[case.kind] += now == case.wanted
        if now != case.wanted:
            missed.append(f"  {case.id} {case.heard!r} -> {now!r}, wanted {case.wanted!r}")
    print(f"{path.name}: {len(read)} cases")
    for kind in KINDS:
        print(
            f"  {kind:13s} right before {before[kind]:3d}  after {after[kind]:3d} of {total[kind]}"
        )
    for line in missed:
        print(line)
    begun, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begun) < _TIMED_SECONDS:
        for case in read:
            repaired(case, known)
        count += len(read)
    figures = [kind for kind in KINDS if kind in ("number", "money", "date", "document")]
    return {
        "names_before": before["name"] / total["name"],
        "names_after": after["name"] / total["name"],
        "figures_before": sum(before[k] for k in figures) / sum(total[k] for k in figures),
        "figures_after": sum(after[k] for k in figures) / sum(total[k] for k in figures),
        "wrongly_changed": total["keep"] - after["keep"],
        "kept": total["keep"],
        "segments_per_s": round(count / spent),
    }


def mishearings(name: str) -> list[str]:
    """Return a name as it is heard with one word wrong: another tone, no mark, another accent."""
    words = name.split()
    found = []
    for place, word in enumerate(words):
        for other in sorted(_misheard(word) - {word}):
            found.append(" ".join([*words[:place], other, *words[place + 1 :]]))
    return found


def _misheard(word: str) -> set[str]:
    plain = unicodedata.normalize("NFD", word)
    bare = "".join(mark for mark in plain if mark not in _TONES)
    found = {unicodedata.normalize("NFC", bare)}
    for before, after in _TONE_SHIFTS:
        if before in plain:
            found.add(unicodedata.normalize("NFC", plain.replace(before, after)))
    composed = unicodedata.normalize("NFC", plain)
    for one, two in _ACCENTS:
        for a, b in ((one, two), (two, one)):
            if composed.startswith(a) and not composed.startswith(a + "h"):
                found.add(b + composed[len(a) :])
    if composed.endswith("ng"):
        found.add(composed[:-1])
    elif composed.endswith("n"):
        found.add(composed + "g")
    return found


def measure_mishearings(units: Path, known: Names) -> dict[str, float]:
    """Hear every commune of a directory wrongly in every such way, and count what becomes of it.

    "wrong" is worst: another commune was written.
    """
    tally = Counter[str]()
    own = {unit.name for unit in Directory.read(units) if unit.kind in LOCAL_KINDS}
    shorts = {name.removeprefix("UBND ").lower() for name in own}
    for name in sorted(own):
        noun, _, place = name.removeprefix("UBND ").partition(" ")
        for heard in mishearings(place.lower()):
            if f"{noun} {heard}" in shorts:
                continue  # nobody could tell: this is the name of a neighbour
            text = repair(f"giao {noun} {heard} rà soát", known).text
            said = text.removeprefix("giao ").removesuffix(" rà soát")
            right, left = said == f"{noun} {place}", said.lower() == f"{noun} {heard}"
            tally["right" if right else "left" if left else "wrong"] += 1
            if not right and not left:
                print(f"  {noun} {heard} -> {said}, wanted {place}")
    print(f"{len(own)} communes misheard: {dict(tally)}")
    return dict(tally)


def measure_spoken(path: Path, known: Names) -> dict[str, float]:
    """Read a written text aloud as a recogniser without capitals and marks writes it; repair it.

    Counts words that differ from the written text, capitals included, marks left out.
    """
    wrong_before = wrong_after = total = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        written = line.split(": ", 1)[-1]
        said = " ".join(reading.spoken for reading in readings(written) if reading.spoken)
        said = " ".join(_bare(said.lower()))
        done = repair(said, known, bare=True).text
        total += len(_bare(written))
        wrong_before += changed_words(" ".join(_bare(written)), said)
        wrong_after += changed_words(" ".join(_bare(written)), " ".join(_bare(done)))
    before, after = 100 * wrong_before / total, 100 * wrong_after / total
    print(f"{path.name} read aloud: {before:.1f} % of {total} words differ, {after:.1f} % after")
    return {"before": round(before, 1), "after": round(after, 1), "words": total}


def _bare(text: str) -> list[str]:
    words = (word.strip('.,;:?!…–"') for word in text.split())
    return [word for word in words if word]


def main(arguments: Sequence[str]) -> int:
    """Measure both files, and a recording where one is given."""
    parser = argparse.ArgumentParser(prog="bench.repair", description=__doc__)
    parser.add_argument("--audio", type=Path, help="also what the bundled model hears in this")
    options = parser.parse_args(arguments)
    known = names()
    answer = {"built_on": measure(BUILT_ON, known), "held_out": measure(HELD_OUT, known)}
    answer["misheard"] = measure_mishearings(UNITS, known)
    answer["spoken"] = measure_spoken(BRIEFING, known)
    answer["spoken_unseen"] = measure_spoken(UNSEEN, known)
    if options.audio:
        answer["recording"] = of_recording(options.audio, known)
    print(json.dumps(answer))
    return 0


def of_recording(audio: Path, known: Names) -> dict[str, float]:
    """Print what the repair changes in what the bundled model hears."""
    from meetly.config import Config
    from workers.dictation import transcribe_file
    from workers.whisper_transcriber import WhisperTranscriber

    engine = WhisperTranscriber(Config.from_environment().speech_model, threads=2)
    heard = transcribe_file(audio, engine)
    changed = 0
    for segment in heard.segments:
        done = repair(segment.text, known)
        for change in done.repairs:
            print(f"  {change.was!r} -> {change.now!r} ({change.why}) in {segment.text!r}")
        changed += done.text != segment.text
    return {"segments": len(heard.segments), "changed": changed}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
