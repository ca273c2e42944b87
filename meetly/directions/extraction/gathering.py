"""Gives every party that is told to act its stretch of text.

A stretch goes on over commas and over sentences without a subject of their own («Báo cáo kết quả
trước ngày …»), and ends where another party stands as the acting one, told to or only told about.
"""

from __future__ import annotations

from meetly.directions.extraction.assignees import Party, resolve
from meetly.directions.extraction.clauses import Sentence, is_break
from meetly.directions.extraction.cues import Subject, subjects
from meetly.directions.extraction.deadlines import Bond, Moment
from meetly.directions.extraction.lexicon import (
    ENUMERATORS,
    LINKS,
    MEMBERS,
    PAST_ORDERS,
    REPORTS,
    SHARED,
    TELLING_OPENINGS,
    TOGETHER_WITH,
)
from meetly.directions.extraction.reading import Phrases, Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.stages import Stretch, trails
from meetly.directions.extraction.telling import only_tells, runs_the_meeting
from meetly.directions.extraction.verbs import ADVERBS, MODALS, STRONG, WEAK

_JOINING = Phrases(
    "phối hợp|phối hợp thực hiện|cùng phối hợp|tham gia|cùng tham gia|cùng làm|hỗ trợ"
)
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
    "( i ) | ( ii ) | ( iii ) | ( iv ) | ( v ) | a ) | b ) | c ) | d ) | đ ) | e ) | 1 ) | 2 )"
)
#: «giao thêm cho» and the like
_LONGEST_ORDER = 3
#: «quy chế phối hợp với …», «công tác phối hợp với …» are things, not coordination
_THINGS = Phrases(
    "quy chế|công tác|cơ chế|kế hoạch|phương án|hợp đồng|chương trình|biên bản|việc|sự"
)


class Gathering:
    """Walks the sentences and gives every acting party its stretch of text."""

    def __init__(self, scene: Scene) -> None:
        """Begin with nothing gathered and no stretch open."""
        self.scene = scene
        self.reading: Reading = scene.reading
        self.gathered: list[Stretch] = []
        self.open: Stretch | None = None
        self.part = 0

    def stretches(self) -> list[Stretch]:
        """Return the stretches of the text in order."""
        for sentence in self.scene.sentences:
            self.part += ENUMERATORS.at(self.reading, sentence.first) > 0
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
        if not lead or self._says_nothing(subject, first, stop):
            return
        coordinate = self._coordinating(subject, stop, lead)
        stretch = Stretch(first, stop, lead, coordinate, subject.cues, self.part)
        self.gathered.append(stretch)
        self.open = stretch
        place = subject.predicate + 1
        while (shared := SHARED.within(self.reading, place, stop)) is not None:
            if self._opens_clause(shared) and self._shares(shared, stop):
                stretch.end = self._without_tail(shared)
                return
            place = shared + 1
        self._share_inside(stretch)

    def _opens_clause(self, shared: int) -> bool:
        """«…; tất cả xong trước …»; without punctuation, «… việc xong trước …» shows it."""
        if is_break(self.reading, shared):
            return True
        after = SHARED.at(self.reading, shared)
        return not self.reading.punctuated and _DONE.at(self.reading, after) > 0

    def _share_inside(self, stretch: Stretch) -> None:
        """«…, xong hết trước ngày 20»: said with the last direction, meant for all of them."""
        reading = self.reading
        place = _ALL_DONE.within(reading, stretch.first, stretch.end)
        if place is None:
            return
        moments = self.scene.moments_in(place, stretch.end)
        self._share(next((m for m in moments if m.due is not None), None))

    def _says_nothing(self, subject: Subject, first: int, stop: int) -> bool:
        """«riêng xã X thì …», «giao, ờ, giao Sở Y …»: no task stands before the next party."""
        place = subject.party.end
        if place >= stop:
            return subject.party.first - first <= _LONGEST_ORDER
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
        first_of_all = subject.party.first == self.scene.parties[0].first
        if not joined or any(cue.kind == "order" for cue in subject.cues) or first_of_all:
            return False
        with_whom = {joined, TOGETHER_WITH.at(self.reading, subject.predicate)}
        return not any(party.first in with_whom for party in self.scene.parties)

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
        if self._acts(sentence) and not self._tells(sentence):
            self.open.end = self._without_tail(sentence.end)
        else:
            self.open = None

    def _acts(self, sentence: Sentence) -> bool:
        reading = self.reading
        first = sentence.first
        while step := LINKS.at(reading, first):
            first = step + (step < sentence.end and reading.keys[step] == ",")
        verbs = (STRONG, WEAK, MODALS, REPORTS, ADVERBS)
        return any(phrases.at(reading, first) for phrases in verbs) or any(
            moment.bond is Bond.DEADLINE and moment.due is not None
            for moment in self.scene.moments_in(sentence.first, sentence.end)
        )

    def _tells(self, sentence: Sentence) -> bool:
        reading = self.reading
        return (
            TELLING_OPENINGS.at(reading, sentence.first) > 0
            or PAST_ORDERS.within(reading, sentence.first, sentence.end) is not None
            or runs_the_meeting(reading, sentence.first, sentence.end)
        )

    def _shares(self, place: int, end: int) -> bool:
        """«tất cả hoàn thành trước …»: one deadline for every direction still without one."""
        reading = self.reading
        after = SHARED.at(reading, place)
        if not after or not self.gathered:
            return False
        moments = self.scene.moments_in(place, end)
        dated = next((m for m in moments if m.due is not None and m.bond >= Bond.DAY), None)
        if dated is None:
            return False
        self._share(dated)
        return True

    def _share(self, moment: Moment | None) -> None:
        for stretch in self.gathered:
            if stretch.part == self.part:
                stretch.shared = stretch.shared or moment

    def _without_tail(self, end: int) -> int:
        """Leave off marks and the words that lead over to the next clause."""
        reading = self.reading
        while end > 0:
            if trails(reading, end - 1):
                end -= 1
                continue
            mark = _LIST_MARKS.before(reading, end)
            if mark is not None and is_break(reading, mark):
                end = mark
                continue
            point = ENUMERATORS.before(reading, end)
            if point is not None and self.scene.moment_ending(end) is None:
                end = point
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
