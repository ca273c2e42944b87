"""Judge and fill in a form: a process of its own (meetly/confined.py); sole home of docxtpl.

Two walls stand before a hostile form. Its syntax tree may hold only what grammar.py names, and
what is run is run by Jinja's sandbox over plain words, in a process without network or secrets.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from meetly.minutes.office_templates import grammar
from meetly.paper import without_timestamps

_TAG_END = re.compile(r"(\}\}|%\}|#\})")
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_XML = re.compile(r"<[^>]+>")
_FIELD = re.compile(r"<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr=\"([^\"]*)\"")
#: fields that only count or date the paper's own pages
_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "MERGEFORMAT", "ARABIC", "ROMAN"}
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
_FOOTNOTES = "wordprocessingml.footnotes+xml"
_MOST_COMPLAINTS, _LONGEST = 20, 300


class Refused(Exception):
    """The form holds what no form may hold."""


def main(task: str, form: str, given: str, target: str) -> None:
    """Judge a form or fill it in, and write the answer."""
    told = json.loads(Path(given).read_text(encoding="utf-8"))
    template = Path(form).read_bytes()
    placeholders, complaints = judged(template)
    if task == "judge":
        answer = json.dumps({"placeholders": placeholders, "complaints": complaints}).encode()
    elif complaints:
        raise Refused(str(complaints[0]))
    else:
        answer = filled(template, told["words"])
    Path(target).write_bytes(answer)


def sandbox() -> ImmutableSandboxedEnvironment:
    """Return the environment forms run in: no globals, few filters, no tests, no guessing."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, cache_size=0
    )
    allowed = grammar.FILTERS | {"join"}
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = {k: v for k, v in environment.filters.items() if k in allowed}
    return environment


def judged(template: bytes) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Return the placeholders a form uses and what is wrong: code, what about, which paragraph."""
    environment = sandbox()
    used: set[str] = set()
    complaints: list[tuple[str, str, str]] = []
    for source in _sources(template):
        counted = _TAG_END.sub("\\1\n", source.replace("\n", " ").replace("\r", " "))
        reading = grammar.read(counted, environment)
        used |= reading.placeholders
        for fault in reading.faults:
            complaints.append((fault.code, fault.about, _paragraph(counted, fault.line)))
        complaints += [("word_field", name, name) for name in _fields(source)]
    return sorted(used), complaints[:_MOST_COMPLAINTS]


def filled(template: bytes, words: dict[str, Any]) -> bytes:
    """Return the form with its words; the same for the same."""
    form = DocxTemplate(io.BytesIO(template))
    form.render(words, sandbox(), autoescape=True)
    written = io.BytesIO()
    form.save(written)
    docx.Document(io.BytesIO(written.getvalue()))  # what cannot be opened again is no paper
    return without_timestamps(written.getvalue())


def _sources(template: bytes) -> Iterator[str]:
    """Give every text of a form in which docxtpl runs what stands in braces."""
    form = DocxTemplate(io.BytesIO(template))
    form.render_init()
    yield form.patch_xml(form.get_xml())
    for uri in (form.HEADER_URI, form.FOOTER_URI):
        for _, part in form.get_headers_footers(uri):
            yield form.patch_xml(form.get_part_xml(part))
    for part in form.docx.part.package.parts:
        if part.content_type.endswith(_FOOTNOTES):
            yield form.patch_xml(part.blob.decode("utf-8"))
    for name in _PROPERTIES:
        yield getattr(form.docx.core_properties, name)


def _paragraph(source: str, line: int) -> str:
    """Return the words around the tag that ends a line."""
    lines = source.split("\n")
    place = sum(len(text) + 1 for text in lines[: line - 1]) + len(lines[line - 1])
    around = source[max(0, place - 20_000) : place + 20_000]
    at = place - max(0, place - 20_000)
    for found in _PARAGRAPH.finditer(around):
        if found.start() < at <= found.end():
            return _plain(found.group().replace("\n", ""))
    tag = lines[line - 1].rpartition("{")[2]
    return _plain("{" + tag)


def _plain(xml: str) -> str:
    return " ".join(_XML.sub("", xml).split())[:_LONGEST]


def _fields(source: str) -> list[str]:
    """List the fields of a part that would fetch, run or ask something when Word updates them."""
    codes = " ".join(one or other for one, other in _FIELD.findall(source))
    words = re.findall(r"[A-Z]{3,}", codes.upper())
    return sorted({word for word in words if word not in _FIELDS})


if __name__ == "__main__":
    main(*sys.argv[1:5])
