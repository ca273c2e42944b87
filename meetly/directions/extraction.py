"""Find directions (ý kiến chỉ đạo) in a text: who shall do what, with whom, by when.

How a direction is found, in order:

1. `reading` makes the text comparable (case, diacritics, hesitations) without moving a character;
2. `assignees` finds every unit that is mentioned, `deadlines` every expression of time;
3. `cues` keeps the units that stand where the acting one stands and are told to act;
4. here each of them gets its stretch of text, which is cut again where the stages of the work
   have deadlines of their own;
5. the stretch yields the direction: lead, coordinating units, one deadline, what recurs.

Nothing is guessed: a pronoun without a unit before it, or a date that cannot be computed, gives
no lead and no date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from meetly.accounts.directory import Directory
from meetly.directions.assignees import Party, find_parties, resolve
from meetly.directions.clauses import Sentence, begins_item, is_break, sentences
from meetly.directions.cues import Scene, Subject, only_tells, runs_the_meeting, subjects
from meetly.directions.deadlines import Bond, Moment, find_moments
from meetly.directions.lexicon import (
    LINKS,
    MEMBERS,
    PAST_ORDERS,
    REPORTS,
    SHARED,
    TELLING_OPENINGS,
    TOGETHER_WITH,
)
from meetly.directions.reading import Phrases, Reading
from meetly.directions.verbs import ADVERBS, MODALS, STRONG, WEAK

_JOINING = Phrases(
    "phối hợp|phối hợp thực hiện|cùng phối hợp|tham gia|cùng tham gia|cùng làm|hỗ trợ"
)
#: «quy chế phối hợp với …», «công tác phối hợp với …» are things, not coordination
_DONE = Phrases(
    "xong | hoàn thành | phải xong | phải hoàn thành | đều xong | đều phải xong | đều phải"
)
_ALL_DONE = Phrases(
    """
    xong hết | xong cả | xong tất cả | xong toàn bộ | hoàn thành tất cả | hoàn thành toàn bộ
    | tất cả xong | đều xong | đều phải xong | cùng xong | xong cả hai việc | xong cả hai
    """
)
_LIST_MARKS = Phrases(
    "( i ) | ( ii ) | ( iii ) | ( iv ) | ( v ) | a ) | b ) | c ) | d ) | đ ) | e ) | 1 ) | 2 ) | 3 )"
)
_THINGS = Phrases(
    "quy chế|công tác|cơ chế|kế hoạch|phương án|hợp đồng|chương trình|biên bản|việc|sự"
)


@dataclass(frozen=True)
class Found:
    """A direction in a text: `span` is text[start:end]; an unknown deadline stays None."""

    span: str
    start: int
    end: int
    lead: tuple[str, ...]
    coordinate: tuple[str, ...]
    due: date | None
    recurring: str | None
    confidence: float
    cues: tuple[str, ...]


@dataclass(slots=True)
class _Stretch:
    """The tokens [first, end) in which one party is told to act."""

    first: int
    end: int
    lead: tuple[str, ...]
    coordinate: list[str]
    cues: tuple[str, ...]
    shared: date | None = None
    moments: list[Moment] = field(default_factory=list)


def extract(text: str, meeting_date: date, directory: Directory | None = None) -> list[Found]:
    """Return the directions of a text in order; days count from the day of the meeting."""
    reading = Reading(text)
    parties = find_parties(reading, directory or Directory.standard())
    if not parties:
        return []
    scene = Scene(reading, sentences(reading), parties, find_moments(reading, meeting_date))
    stretches = _Gathering(scene).stretches()
    return [_found(scene, stage) for stretch in stretches for stage in _stages(scene, stretch)]


def as_json(found: Found) -> dict[str, object]:
    """Return a direction as the plain values that `meetly directions --jsonl` writes."""
    return {
        "span": found.span,
        "lead": list(found.lead),
        "coordinate": list(found.coordinate),
        "due": found.due.isoformat() if found.due else None,
        "recurring": found.recurring,
    }


class _Gathering:
    """Walks the sentences and gives every acting party its stretch of text."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.reading: Reading = scene.reading
        self.gathered: list[_Stretch] = []
        self.open: _Stretch | None = None

    def stretches(self) -> list[_Stretch]:
        for sentence in self.scene.sentences:
            if only_tells(self.scene, sentence):
                self.open = None
                continue
            acting = subjects(self.scene, sentence)
            if acting:
                self._read(sentence, acting)
            elif not self._shares(sentence.first, sentence.end):
                self._continue(sentence)
        return self.gathered

    def _read(self, sentence: Sentence, acting: list[Subject]) -> None:
        for index, subject in enumerate(acting):
            following = acting[index + 1 :]
            if self._joins(subject):
                continue
            cutting = next((s for s in following if self._cuts(s)), None)
            stop = self._topic_start(cutting, subject) if cutting else sentence.end
            if subject.party.sort == "pronoun" and not self._names(subject.party):
                continue
            self.open = None
            if subject.binding:
                first = self._fronted(sentence, subject, index)
                self._begin(subject, first, self._without_tail(stop))

    def _topic_start(self, subject: Subject, earlier: Subject) -> int:
        """«…, còn đường truyền thì X lo»: the topic in front belongs to the one that follows."""
        reading = self.reading
        start = subject.start
        if reading.tokens[start - 1].plain != "thi":
            return start
        while start > earlier.party.end and not is_break(reading, start):
            start -= 1
        return start if start > earlier.party.end else subject.start

    def _cuts(self, subject: Subject) -> bool:
        """Whether the stretch of the party before ends where this one begins."""
        pointless = subject.party.sort == "pronoun" and not self._names(subject.party)
        return not pointless and not self._is_partner(subject)

    def _begin(self, subject: Subject, first: int, stop: int) -> None:
        if runs_the_meeting(self.reading, first, stop):
            return
        lead = self._names(subject.party)
        if not lead or self._says_nothing(subject.party.end, stop):
            return
        stretch = _Stretch(first, stop, lead, self._coordinating(subject, stop, lead), subject.cues)
        self.gathered.append(stretch)
        self.open = stretch
        for place in range(subject.predicate + 1, stop):
            if self._may_share(place) and self._shares(place, stop):
                stretch.end = self._without_tail(place)
                return
        self._share_inside(stretch)

    def _may_share(self, place: int) -> bool:
        """A shared deadline opens a clause; without punctuation, «… việc xong trước …» shows it."""
        if is_break(self.reading, place):
            return True
        after = SHARED.at(self.reading, place)
        return not self.reading.punctuated and bool(_DONE.at(self.reading, after) if after else 0)

    def _share_inside(self, stretch: _Stretch) -> None:
        """«…, xong hết trước ngày 20»: said with the last direction, meant for all of them."""
        reading = self.reading
        place = _ALL_DONE.within(reading, stretch.first, stretch.end)
        if place is None:
            return
        due = next((m.due for m in self._moments(place, stretch.end) if m.due is not None), None)
        for earlier in self.gathered[:-1]:
            earlier.shared = earlier.shared or due

    def _says_nothing(self, place: int, stop: int) -> bool:
        """«riêng xã X thì …»: another party follows before anything is said."""
        if place >= stop:
            return False
        while place < stop and (step := ADVERBS.at(self.reading, place)):
            place = step
        return place >= stop

    def _fronted(self, sentence: Sentence, subject: Subject, index: int) -> int:
        """«Trước ngày 15/12, Sở X …»: the deadline in front belongs to the direction."""
        moment = self.scene.moment_ending(subject.start)
        if moment is None or moment.bond < Bond.DAY:
            return subject.start
        first = self.scene.token_at(moment.start)
        while first < subject.start and self.reading.tokens[first].is_mark:
            first += 1
        fresh = first == sentence.first or (index == 0 and self.open is None)
        return first if fresh else subject.start

    def _is_partner(self, subject: Subject) -> bool:
        """«…, xã A với xã B phối hợp»: a party that joins the one before."""
        joined = _JOINING.at(self.reading, subject.predicate)
        if not joined or subject.cues[:1] == ("order",) or not self.gathered_before(subject):
            return False
        following = next((p for p in self.scene.parties if p.first == joined), None)
        with_whom = TOGETHER_WITH.at(self.reading, subject.predicate)
        return following is None and not any(p.first == with_whom for p in self.scene.parties)

    def gathered_before(self, subject: Subject) -> bool:
        """Whether someone was already told to act before this party in the text."""
        return any(p.first < subject.party.first for p in self.scene.parties)

    def _joins(self, subject: Subject) -> bool:
        if self.open is None or not self._is_partner(subject):
            return False
        self.open.coordinate.extend(
            name for name in self._names(subject.party) if name not in self.open.coordinate
        )
        return True

    def _continue(self, sentence: Sentence) -> None:
        """A sentence without a subject goes on with the task of the one before, or ends it."""
        if self.open is None:
            return
        reading = self.reading
        first = sentence.first
        while LINKS.at(reading, first):
            first = LINKS.at(reading, first)
            if first < sentence.end and reading.keys[first] == ",":
                first += 1
        dated = any(
            moment.bond is Bond.DEADLINE and moment.due is not None
            for moment in self.scene.moments
            if reading.tokens[sentence.first].start
            <= moment.start
            < reading.tokens[sentence.end - 1].end
        )
        acts = (
            STRONG.at(reading, first)
            or WEAK.at(reading, first)
            or MODALS.at(reading, first)
            or REPORTS.at(reading, first)
            or ADVERBS.at(reading, first)
            or dated
        )
        tells = (
            TELLING_OPENINGS.at(reading, sentence.first)
            or PAST_ORDERS.within(reading, sentence.first, sentence.end) is not None
            or runs_the_meeting(reading, sentence.first, sentence.end)
        )
        if acts and not tells:
            self.open.end = self._without_tail(sentence.end)
        else:
            self.open = None

    def _shares(self, place: int, end: int) -> bool:
        """«tất cả hoàn thành trước …»: one deadline for every direction still without one."""
        reading = self.reading
        after = SHARED.at(reading, place)
        if not after or not self.gathered:
            return False
        moments = self._moments(place, end)
        due = next((m.due for m in moments if m.due is not None and m.bond >= Bond.DAY), None)
        if due is None:
            return False
        for stretch in self.gathered:
            stretch.shared = stretch.shared or due
        return True

    def _moments(self, first: int, end: int) -> list[Moment]:
        tokens = self.reading.tokens
        begin, stop = tokens[first].start, tokens[end - 1].end
        return [m for m in self.scene.moments if begin - 1 <= m.start and m.end <= stop]

    def _without_tail(self, end: int) -> int:
        """Leave off marks and the words that lead over to the next clause."""
        reading = self.reading
        while end > 0:
            if _trails(reading, end - 1):
                end -= 1
                continue
            mark = _LIST_MARKS.before(reading, end)
            if mark is not None and is_break(reading, mark):
                end = mark
                continue
            link = LINKS.before(reading, end)
            if (
                link is not None
                and is_break(reading, link)
                and self.scene.moment_ending(end) is None
            ):
                end = link
                continue
            return end
        return end

    def _names(self, party: Party) -> tuple[str, ...]:
        names: list[str] = []
        for mention in party.mentions:
            said = mention.names
            if mention.is_pronoun:
                said = resolve(mention, self.reading, self._earlier(mention.first))
            names.extend(said)
        return tuple(dict.fromkeys(names))

    def _earlier(self, place: int) -> list[str]:
        """Names in the order of their latest mention; those told to act count as latest."""
        named = [
            name
            for party in self.scene.parties
            if party.first < place
            for mention in (*party.mentions, *party.along)
            for name in mention.names
        ]
        return named + [name for stretch in self.gathered for name in stretch.lead]

    def _coordinating(self, subject: Subject, stop: int, lead: tuple[str, ...]) -> list[str]:
        names = [name for mention in subject.party.along for name in mention.names]
        for party in self.scene.parties:
            if subject.party.end <= party.first < stop and self._is_along(party):
                names.extend(n for m in (*party.mentions, *party.along) for n in m.names)
        return [name for name in dict.fromkeys(names) if name not in lead]

    def _is_along(self, party: Party) -> bool:
        reading = self.reading
        together = TOGETHER_WITH.before(reading, party.first)
        if together is not None:
            return _THINGS.before(reading, together) is None
        return MEMBERS.before(reading, party.first) is not None and bool(
            {"tổ", "to", "đoàn", "doan", "thành", "thanh"}
            & set(reading.keys[max(0, party.first - 14) : party.first])
        )


def _stages(scene: Scene, stretch: _Stretch) -> list[_Stretch]:
    """Cut a stretch where a later stage of the work has its own deadline, and at list items."""
    moments = _moments_of(scene, stretch.first, stretch.end)
    stages: list[_Stretch] = []
    first = stretch.first
    bounds = _item_bounds(scene, stretch) or _stage_bounds(scene, stretch, moments)
    for bound in [*bounds, stretch.end]:
        end = bound
        while end > first + 1 and _trails(scene.reading, end - 1):
            end -= 1
        stage = _Stretch(first, end, stretch.lead, [], stretch.cues, stretch.shared)
        stage.moments = _moments_of(scene, first, end)
        stages.append(stage)
        first = bound
    stages[0].coordinate = stretch.coordinate
    return stages


def _trails(reading: Reading, place: int) -> bool:
    token = reading.tokens[place]
    return token.is_mark and token.word not in {")", "%", "”", "»", '"'}


def _moments_of(scene: Scene, first: int, end: int) -> list[Moment]:
    tokens = scene.reading.tokens
    begin, stop = tokens[first].start, tokens[end - 1].end
    return [m for m in scene.moments if begin - 1 <= m.start and m.end <= stop]


def _item_bounds(scene: Scene, stretch: _Stretch) -> list[int]:
    """«Giao Sở X: a) …; b) …»: every item after the first is a direction of its own."""
    if "stem" not in stretch.cues:
        return []
    reading = scene.reading
    items = [
        place
        for place in range(stretch.first + 1, stretch.end)
        if not reading.tokens[place].is_mark and begins_item(reading, place)
    ]
    return items[1:]


def _stage_bounds(scene: Scene, stretch: _Stretch, moments: list[Moment]) -> list[int]:
    """A new stage begins after a deadline when more work, not just its report, has another."""
    reading = scene.reading
    bounds: list[int] = []
    dated = [m for m in moments if m.due is not None and m.bond >= Bond.DAY]
    for earlier, later in pairwise(dated):
        if earlier.due == later.due:
            continue
        place = _clause_after(scene, earlier, stretch.end)
        if place is None or reading.tokens[place].start > later.start + 1:
            continue
        if _reports_only(reading, place, scene.token_at(later.start)):
            continue
        bounds.append(place)
    return bounds


def _clause_after(scene: Scene, moment: Moment, end: int) -> int | None:
    """Return where the next clause with a verb begins behind a deadline."""
    reading = scene.reading
    place = scene.token_after(moment.end)
    while place < end:
        if is_break(reading, place) and not reading.tokens[place].is_mark:
            return place
        if STRONG.at(reading, place) or (LINKS.at(reading, place) and is_break(reading, place)):
            return place
        place += 1
    return None


def _reports_only(reading: Reading, place: int, end: int) -> bool:
    step = place
    while LINKS.at(reading, step) or ADVERBS.at(reading, step):
        step = LINKS.at(reading, step) or ADVERBS.at(reading, step)
    del end
    return bool(REPORTS.at(reading, step))


def _found(scene: Scene, stretch: _Stretch) -> Found:
    reading = scene.reading
    tokens = reading.tokens
    start, end = reading.original(tokens[stretch.first].start, tokens[stretch.end - 1].end)
    due = _due(scene, stretch)
    recurring = next((m for m in stretch.moments if m.bond is Bond.RECURRING), None)
    phrase = None
    if recurring is not None:
        begin, stop = reading.original(recurring.start, recurring.end)
        phrase = reading.source[begin:stop].strip()
    cues = tuple(dict.fromkeys([*stretch.cues, *(["deadline"] if due else [])]))
    return Found(
        reading.source[start:end],
        start,
        end,
        stretch.lead,
        tuple(stretch.coordinate),
        due,
        phrase,
        _confidence(reading, cues),
        cues,
    )


def _due(scene: Scene, stretch: _Stretch) -> date | None:
    """The deadline of the work wins over that of its report; a shared one comes last."""
    recurs = any(m.bond is Bond.RECURRING for m in stretch.moments)
    dated = [m for m in stretch.moments if m.due is not None and m.bond >= Bond.DAY]
    if recurs:
        # «hằng tuần … đến hết năm»: the end of a habit is not a deadline.
        dated = [m for m in dated if m.bond is Bond.DEADLINE and not _until(scene.reading, m)]
    main = [m for m in dated if not _in_report(scene, stretch, m)]
    chosen = (main or dated)[:1]
    return chosen[0].due if chosen else stretch.shared


def _until(reading: Reading, moment: Moment) -> bool:
    said = reading.line[moment.start : moment.end].split()
    return (bool(said) and said[0] in {"đến", "den", "tới", "toi"}) or "đến hết" in " ".join(said)


def _in_report(scene: Scene, stretch: _Stretch, moment: Moment) -> bool:
    """Whether the clause around a date is about reporting."""
    reading = scene.reading
    place = scene.token_at(moment.start)
    while place > stretch.first and not is_break(reading, place):
        if REPORTS.at(reading, place):
            return True
        place -= 1
    return bool(REPORTS.at(reading, place))


def _confidence(reading: Reading, cues: tuple[str, ...]) -> float:
    weights = {"order": 0.3, "deadline": 0.15, "must": 0.1, "verb": 0.1, "stem": 0.1, "time": 0.05}
    sure = 0.4 + sum(weights.get(cue, 0.0) for cue in cues)
    return round(min(0.95, sure - (0.0 if reading.punctuated else 0.1)), 2)
