"""When a recording began, as far as the file itself tells: by what is written in it or its name.

Rules of time zones: a moment with a zone (Z, GMT, UTC, +07:00) is taken by it, "GMT" right before
the digits means GMT, seconds since 1970 are what they are; everything else is a Vietnamese clock on
the wall. What is written in a file as UTC may be the moment it was finished, or a wall clock whose
zone nobody set: such a reading counts only when no other fits the upload.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone

from meetly import clock

#: A recorder's clock may be ahead of ours by so much.
AHEAD = timedelta(minutes=10)
#: Within so much the moment a file was finished is the end of its sound.
_FINISHED = timedelta(minutes=1)

_YMD = r"(?<!\d)(?P<year>20\d\d)(?P<mark>[-_.]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)"
_DMY = r"(?<!\d)(?P<day>\d\d?)[-_.](?P<month>\d\d?)[-_.](?P<year>20\d\d)"
_SHORT = r"(?<!\d)(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=[-_ ]\d)"
_APART = r"(?:[\s_,(-]*(?:at|lúc|luc)\s*|\s*[tT]\s*|[\s_,(-]*)"
_HOUR = (
    r"(?:(?P<hour>\d\d)[-_.:]?|(?P<free_hour>\d\d?)\s*(?:[:hg]|giờ)\s*)"
    r"(?P<minute>\d\d)(?:\s*[-_.:mp]?\s*(?P<second>\d\d))?(?!\d)"
)
_ZONE = (
    r"(?:[.,]\d{1,6})?(?:(?P<zulu>z)(?![a-z])"
    r"|\s*\(?(?:gmt|utc)(?P<offset>[+-]\d{1,2})?(?:[:_]?(?P<part>[0-5]\d))?(?!\d)"
    r"|(?P<plus>\+\d\d):?(?P<plus_part>\d\d)(?!\d))?"
)
_FORMS = (
    re.compile(rf"(?P<gmt>gmt)?{_YMD}{_APART}{_HOUR}{_ZONE}"),
    re.compile(rf"{_DMY}{_APART}{_HOUR}{_ZONE}"),
    re.compile(rf"(?<!\d){_HOUR}[\s_,-]*(?:ngày|ngay)?[\s_,-]*{_DMY}"),
    re.compile(rf"{_SHORT}{_APART}{_HOUR}"),
)
_SINCE_1970 = re.compile(r"(?<!\d)(?P<seconds>1[5-9]\d{8})(?:\d{3})?(?!\d)")


def beginning(
    *, filename: str, written: datetime | None, seconds: float, received: datetime, day: date
) -> datetime | None:
    """Return when the sound began, in UTC, or None when nothing in the file can be believed.

    `written` is what `written_in` found, `seconds` the length of the sound, `received` the moment
    the last byte came, `day` that of the meeting in Vietnam: a beginning lies within a day of it,
    and the sound was over before the file came.
    """
    length = timedelta(seconds=seconds)

    def fits(moment: datetime) -> bool:
        near = abs((clock.local(moment).date() - day).days) <= 1
        return near and moment + length <= received + AHEAD

    names = named(filename)
    name = names if names is not None and fits(names) else None
    if written is None:
        return name
    if name is not None and name + length <= written + _FINISHED:
        return name  # the file was closed or converted when the sound was over
    unzoned = clock.from_local(written.replace(tzinfo=None))
    readings = (written, written - length, unzoned)
    return next((moment for moment in readings if fits(moment)), name)


def named(filename: str) -> datetime | None:
    """Read the moment a file's name holds ("2026-11-25 08-00-12.mp4"), in UTC; None without one."""
    name = unicodedata.normalize("NFC", filename).lower()
    return next((moment for moment in _readings(name)), None)


def written_in(tags: Mapping[str, str]) -> datetime | None:
    """Read the moment of making from a file's tags, in UTC; None when there is none to read."""
    made = tags.get("creation_time", "")
    if re.fullmatch(r"\d\d:\d\d:\d\d", made):  # WAV files of broadcasters: day and hour apart
        made = f"{tags.get('date', '')} {made}"
    return named(made) or named(tags.get("date", ""))


def _readings(name: str) -> Iterator[datetime]:
    for form in _FORMS:
        for found in form.finditer(name):
            moment = _moment(found)
            if moment is not None:
                yield moment
    for found in _SINCE_1970.finditer(name):
        yield datetime.fromtimestamp(int(found["seconds"]), UTC)


def _moment(found: re.Match[str]) -> datetime | None:
    told = found.groupdict()
    year = int(told["year"])
    try:
        wall = datetime(
            year if year > 99 else 2000 + year,
            int(told["month"]),
            int(told["day"]),
            int(told["hour"] or told["free_hour"]),
            int(told["minute"]),
            int(told["second"] or 0),
        )
        zone = _zone(told, found[0])
        return clock.from_local(wall) if zone is None else wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(told: Mapping[str, str | None], text: str) -> timezone | None:
    hours, minutes = told.get("plus") or told.get("offset"), told.get("plus_part")
    if hours is not None:
        part = int(minutes or told.get("part") or 0)
        sign = -1 if hours.startswith("-") else 1
        return timezone(sign * timedelta(hours=abs(int(hours)), minutes=part))
    has_zone = told.get("gmt") or told.get("zulu") or re.search(r"(?:gmt|utc)$", text)
    return UTC if has_zone else None
