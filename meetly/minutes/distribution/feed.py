"""An Atom feed (RFC 4287) of public documents; pure. Its words are those of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

NAMESPACE = "http://www.w3.org/2005/Atom"
#: The year in the names of entries (RFC 4151): names stay, wherever the pages move to.
_NAMED_SINCE = "2026"
#: What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", NAMESPACE)


@dataclass(frozen=True)
class Item:
    """One document of the feed."""

    number: int
    title: str
    summary: str
    author: str
    published: datetime
    updated: datetime
    #: paths inside Meetly
    page: str
    file: str
    media_type: str


def write(base_url: str, title: str, items: Sequence[Item], empty_since: datetime) -> bytes:
    """Return the feed as a file of XML; addresses are built from `base_url` alone.

    `empty_since` stands for the last change where there is no document.
    """
    base = base_url.rstrip("/")
    host = urlsplit(base).hostname or "localhost"
    root = Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "vi"})
    _under(root, "title", title)
    _under(root, "id", _tag(host, "public"))
    newest = max((item.updated for item in items), default=empty_since)
    _under(root, "updated", _moment(newest))
    _link(root, "self", f"{base}/public/feed.atom", "application/atom+xml")
    _link(root, "alternate", f"{base}/public", "text/html")
    for item in items:
        _entry(root, base, host, item)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, base: str, host: str, item: Item) -> None:
    entry = _under(root, "entry")
    _under(entry, "title", item.title)
    _under(entry, "id", _tag(host, f"document/{item.number}"))
    _under(entry, "published", _moment(item.published))
    _under(entry, "updated", _moment(item.updated))
    _under(_under(entry, "author"), "name", item.author)
    _link(entry, "alternate", base + item.page, "text/html")
    _link(entry, "enclosure", base + item.file, item.media_type)
    _under(entry, "summary", item.summary)


def _tag(host: str, what: str) -> str:
    return f"tag:{host},{_NAMED_SINCE}:meetly/{what}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _link(parent: Element, relation: str, address: str, media_type: str) -> None:
    given = {"rel": relation, "href": address, "type": media_type}
    SubElement(parent, _name("link"), given)


def _under(parent: Element, name: str, text: str = "") -> Element:
    element = SubElement(parent, _name(name))
    element.text = " ".join(_FORBIDDEN.sub("", text).split()) or None
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
