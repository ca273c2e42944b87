"""The kept versions by sitting: what one person changed without a long pause is one entry; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from meetly.minutes.models import MinutesVersion

#: After so long a pause, or after somebody else, a new sitting begins.
PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Sitting:
    """Versions of one person in a row, the newest first."""

    versions: tuple[MinutesVersion, ...]

    @property
    def last(self) -> MinutesVersion:
        """The version it ended with."""
        return self.versions[0]

    @property
    def first(self) -> MinutesVersion:
        """The version it began with."""
        return self.versions[-1]

    @property
    def before(self) -> int:
        """The version that stood before it; 0 when there was none."""
        return self.first.number - 1


def sittings(newest_first: Sequence[MinutesVersion]) -> list[Sitting]:
    """Group versions by author and pause, the newest sitting first."""
    groups: list[list[MinutesVersion]] = []
    for version in newest_first:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and last.author_id == version.author_id
            and last.created_at - version.created_at <= PAUSE
        ):
            groups[-1].append(version)
        else:
            groups.append([version])
    return [Sitting(tuple(group)) for group in groups]
