"""Read XML of a stranger: no document types, so no entities that grow or fetch anything."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from meetly.errors import BadInput

#: How deep elements may lie in each other, and how many there may be.
DEEPEST, MOST = 40, 100_000


def read(raw: bytes) -> Element:
    """Return the root of a document; BadInput unless it is plain and well-formed."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    standing = {"depth": 0, "count": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        standing["depth"] += 1
        standing["count"] += 1
        if standing["depth"] > DEEPEST or standing["count"] > MOST:
            raise BadInput()
        builder.start(name, attributes)

    def end(name: str) -> None:
        standing["depth"] -= 1
        builder.end(name)

    def refuse(*_said: Any) -> None:
        raise BadInput()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadInput() from error
    return builder.close()
