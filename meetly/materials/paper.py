"""A file that was judged and lies in the store, and is nobody's document yet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from meetly import arriving
from meetly.errors import NotFound
from meetly.materials import space
from meetly.materials.formats import Format, clean_name, judge
from meetly.meetings.models import Meeting
from meetly.storage import Stored, files

#: Where files lie before they are anybody's, and where the versions lie.
ARRIVING, FOLDER = "arriving", "materials"


@dataclass(frozen=True)
class Paper:
    """What is known of the file under `key`."""

    filename: str
    kind: Format
    key: str
    stored: Stored


def receive(meeting: Meeting, filename: str, source: BinaryIO) -> Paper:
    """Judge an open file and copy it into the store.

    Raises BadInput when it is nothing we hand out, TooLarge or NoSpace as `space.require`.
    """
    space.require(meeting, source.seek(0, 2))
    kind = judge(source)
    source.seek(0)
    key = arriving.new_key(ARRIVING)
    stored = files.write(key, iter(lambda: source.read(arriving.PIECE), b""))
    return Paper(clean_name(filename, kind), kind, key, stored)


def arrived(filename: str, key: str) -> Paper:
    """Judge and measure a file that lies in the store already; raises BadInput as `receive`.

    A crash, or somebody else who finishes the same upload, may have come between the move of the
    file and the commit of its row: then it is found where its version lies. NotFound when it is
    in neither place.
    """
    for place in (key, kept_key(key)):
        with suppress(FileNotFoundError, NotFound):
            with files.path(place).open("rb") as source:
                kind = judge(source)
            return Paper(clean_name(filename, kind), kind, key, files.measure(place))
    raise NotFound()


def kept_key(arriving_key: str) -> str:
    """Tell under which key an arrived file lies once it is a version."""
    return arriving_key.replace(f"{ARRIVING}/", f"{FOLDER}/", 1)
