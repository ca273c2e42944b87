"""What an engine is told before it listens: the names and words of the meeting, likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meetly.accounts.directory import DirectoryUnit
from meetly.extensions import db
from meetly.meetings.models import Meeting
from meetly.transcripts import vocabulary
from meetly.transcripts.known_names import places_in
from meetly.transcripts.lessons import is_proper
from meetly.transcripts.vocabulary import Vocabulary

#: Whisper reads 223 tokens of a prompt and forgets the beginning of a longer one.
BUDGET = 200


def hot_words(meeting: Meeting) -> list[str]:
    """List the names and terms of a meeting, the likeliest first, to bias an engine with."""
    return words_of(vocabulary.of(meeting))


def prompt_for(meeting_id: int) -> str:
    """Return the prompt of a meeting's recordings: its title and as many words as there is room."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return prompt(meeting.title, hot_words(meeting))


def words_of(known: Vocabulary) -> list[str]:
    """Order the words of a meeting: its chair and units, its papers, its terms, the province."""
    places = (phrase.written for phrase in places_in((known.title, *known.titles)))
    terms = (meant for _, meant in known.terms if is_proper(meant))
    ordered = [
        *known.people[:2],
        *_said(known.units),
        *places,
        *terms,
        *known.people[2:],
        *_said(known.others),
    ]
    return list(dict.fromkeys(ordered))


def prompt(title: str, words: Iterable[str], budget: int = BUDGET) -> str:
    """Write a title and words as a line of text of at most `budget` Whisper tokens."""
    opening = title.strip().rstrip(".")
    text = f"{opening}." if opening and tokens(opening) + 1 < budget else ""
    left = budget - tokens(text)
    chosen = []
    for word in words:
        cost = tokens(word) + 1
        if cost > left - 1:
            break
        chosen.append(word)
        left -= cost
    return " ".join(part for part in (text, ", ".join(chosen) + "." if chosen else "") if part)


def tokens(text: str) -> int:
    """Estimate from above how many tokens Whisper makes of Vietnamese names.

    A letter of three bytes («ế») takes one token or two, other letters come together; the weights
    are fitted to lists of communes and held against the real tokenizer in the tests.
    """
    return sum(_tokens(word) for word in text.split())


def _tokens(word: str) -> int:
    sizes = (len(letter.encode()) for letter in word)
    return max(1, round(sum({1: 0.6, 2: 1.0}.get(size, 1.3) for size in sizes)))


def _said(units: Iterable[DirectoryUnit]) -> Iterator[str]:
    """A unit as people say it: «xã Nậm Hoa» rather than «UBND xã Nậm Hoa»."""
    for unit in units:
        yield unit.name.removeprefix("UBND ")
