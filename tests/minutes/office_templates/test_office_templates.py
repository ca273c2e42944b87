"""An office brings its own form: judged, filled in by a sandbox, bound to what is approved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from flask.testing import FlaskClient

from meetly import clock, confined
from meetly.accounts.models import User
from meetly.errors import BadInput, NotAllowed, NotFound
from meetly.extensions import db
from meetly.minutes import kept_papers, service
from meetly.minutes.blocks import Block, BlockKind
from meetly.minutes.facts import Person
from meetly.minutes.models import Minutes, MinutesStatus
from meetly.minutes.office_templates import (
    filling,
    grammar,
    judging,
    rendering,
    sample,
    starting,
)
from meetly.minutes.office_templates import service as templates
from meetly.minutes.office_templates.choice import in_use
from meetly.minutes.office_templates.models import OfficeTemplate
from meetly.minutes.office_templates.placeholders import PLACEHOLDERS
from meetly.minutes.office_templates.words import words_of
from tests.cast import Cast
from tests.minutes import briefing

SignIn = Callable[[User], FlaskClient]
PAYLOADS = (Path(__file__).parent / "payloads" / "attacks.txt").read_text("utf-8").splitlines()


def form(*texts: str, split: bool = False, place: str = "body") -> bytes:
    """Return a form of these paragraphs; split leaves one letter in each run, as Word does."""
    document = docx.Document()
    section = document.sections[0]
    places: dict[str, Any] = {
        "body": document, "header": section.header, "footer": section.footer,
    }  # fmt: skip
    where = places.get(place)
    for text in texts:
        if place == "title":
            document.core_properties.title = text[:255]
        elif where is not None:
            paragraph = where.add_paragraph()
            for piece in text if split else [text]:
                paragraph.add_run(piece)
    document.add_paragraph("{{ trich_yeu }}")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def text_of(document: bytes) -> str:
    file = docx.Document(io.BytesIO(document))
    cells = [c.text for t in file.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in file.paragraphs), *cells])


def filled(kind: str, template: bytes, blocks: Sequence[Block] = sample.BLOCKS) -> bytes:
    return filling.fill(template, kind, sample.FACTS, blocks)


# -- judging ---------------------------------------------------------------------------------


def test_there_are_forty_attacks_and_more() -> None:
    assert len(set(PAYLOADS)) >= 40


@pytest.mark.parametrize("split", [False, True], ids=["one-run", "a-run-a-letter"])
def test_every_attack_is_refused_with_its_paragraph(split: bool) -> None:
    for payload in PAYLOADS[:: 3 if split else 1]:
        complaints = rendering.judged(form(payload, split=split))[1]
        assert complaints, payload
        assert any(len(paragraph) > 2 for _, _, paragraph in complaints), payload


@pytest.mark.parametrize("place", ["header", "footer", "title"])
def test_attacks_hide_nowhere_else(place: str) -> None:
    for payload in PAYLOADS[::9]:
        assert rendering.judged(form(payload, place=place))[1], payload


def test_the_sandbox_alone_runs_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the first wall stands a second: what would be run if the judge let everything by."""
    monkeypatch.chdir(tmp_path)
    words = words_of("minutes", sample.FACTS, sample.BLOCKS)
    secrets = re.compile(r"<class|<module|root:|function|SECRET|<built-in|object at 0x")
    swelling = re.compile(r"\*|range\(|center|indent")  # stopped by the limits of the process
    ran = 0
    for payload in (p for p in PAYLOADS if not swelling.search(p)):
        try:
            shown = rendering.sandbox().from_string(payload).render(words)
        except Exception:
            continue
        ran += 1
        assert not secrets.search(shown), payload
    assert not list(tmp_path.iterdir()), "an attack wrote a file"
    assert ran < 15
    assert words == words_of("minutes", sample.FACTS, sample.BLOCKS), "an attack changed the words"


def test_a_process_that_swells_is_stopped_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = filling._LIMITS
    monkeypatch.setattr(filling, "_LIMITS", confined.Limits(given.memory, 3, given.largest))
    with pytest.raises(confined.Failed):
        confined.run(["python3", "-c", "x = 'a' * (4 << 30)"], tmp_path, given)
    loops = [f"{{% for {name} in bao_cao %}}" for name in "abc"]
    swelling = form("".join(loops) + "{{ a.noi_dung }}{{ b.noi_dung }}" + "{% endfor %}" * 3)
    many = [replace(sample.BLOCKS[0], id=f"r{n}", text="x" * 2000) for n in range(300)]
    with pytest.raises(filling.Unfilled):
        filled("minutes", swelling, many)


def test_planted_a_judge_that_allows_calls_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = grammar._parts
    monkeypatch.setattr(
        grammar, "_parts",
        lambda node: [] if type(node).__name__ == "Call" else real(node),
    )  # fmt: skip
    missed = [p for p in PAYLOADS[44:52] if not rendering.judged(form(p))[1]]
    assert missed


def test_faults_name_what_is_wrong_in_words() -> None:
    wrong = {
        "Người ký: {{ nguoi_ki.ho_ten }}": ("unknown", "nguoi_ki"),
        "Chức vụ: {{ nguoi_ky.chuc_danh_moi }}": ("field", "nguoi_ky.chuc_danh_moi"),
        "Nhiệm vụ: {{ nhiem_vu }}": ("whole", "nhiem_vu"),
        "{% for x in trich_yeu %}a{% endfor %}": ("no_list", "trich_yeu"),
        "{% if bao_cao %}Thiếu phần đóng": ("syntax", ""),
        "Chữ: {{ trich_yeu|safe }}": ("filter", "safe"),
    }
    for text, (code, about) in wrong.items():
        complaints = rendering.judged(form(text))[1]
        assert complaints[0][0] == code and about in complaints[0][1], text
        assert code in judging.REASONS
        if code != "syntax":
            assert complaints[0][2] == text


@pytest.mark.parametrize("code", ["DDEAUTO c:\\\\a.exe", 'INCLUDETEXT "http://x/a"', "LINK a b"])
def test_fields_that_fetch_or_run_are_refused(code: str) -> None:
    document = docx.Document(io.BytesIO(form("{{ trich_yeu }}")))
    run = document.add_paragraph().add_run()
    words = OxmlElement("w:instrText")
    words.text = code
    run._r.append(words)
    written = io.BytesIO()
    document.save(written)
    with pytest.raises(judging.Refused) as refused:
        judging.judge(written.getvalue(), "minutes")
    assert refused.value.complaints[0].code == "word_field"


@pytest.mark.parametrize(
    "kind", ["attachedTemplate", "oleObject", "aFChunk", "subDocument", "frame"]
)
def test_a_form_that_leans_on_another_file_is_refused(kind: str) -> None:
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(form("a"))) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "word/_rels/document.xml.rels":
                link = (
                    '<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/'
                    f'2006/relationships/{kind}" Target="file:///C:/a.dotm" TargetMode="External"/>'
                ).encode()
                content = content.replace(b"</Relationships>", link + b"</Relationships>")
            target.writestr(name, content)
    with pytest.raises(BadInput):
        judging.judge(written.getvalue(), "minutes")


# -- filling in ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["minutes", "notice"])
def test_meetlys_own_form_is_accepted_and_says_what_meetly_says(kind: str) -> None:
    start = templates.start(kind)
    assert start == starting.form(kind)
    judgement = judging.judge(start, kind)
    paper = filled(kind, start)
    assert paper == filled(kind, start), "the same form and minutes give other bytes"
    ours, theirs = text_of(kept_papers.rendered(kind, sample.FACTS, sample.BLOCKS)), text_of(paper)
    assert "{" not in theirs and set(judgement.placeholders) <= {p.name for p in PLACEHOLDERS}
    for words in ("UBND TỈNH LAM GIANG", "VĂN PHÒNG", "Tiến độ giải ngân còn chậm so với yêu cầu."):
        assert words in ours and words in theirs
    expected = {
        "minutes": "Rà soát các dự án chậm, báo cáo",
        "notice": "a) Giao Sở Tài chính rà soát các dự án chậm, báo cáo trước ngày 10/12/2026.",
    }[kind]
    assert expected in ours and expected in theirs
    size = docx.Document(io.BytesIO(paper)).styles["Nội dung"].font.size
    assert size is not None and size.pt == 14


def test_every_placeholder_that_is_listed_can_be_filled() -> None:
    lines = []
    for placeholder in PLACEHOLDERS:
        name = placeholder.name
        fields = [f"{{{{ x.{f.name} }}}}" for f in placeholder.fields]
        if placeholder.many:
            shown = " ".join(fields) or "{{ x }}"
            lines.append(f"{{% for x in {name} %}}{shown}{{% endfor %}}")
        elif placeholder.fields:
            lines += [f"{{{{ {name}.{f.name} }}}}" for f in placeholder.fields]
        else:
            lines.append(f"{{{{ {name} }}}}")
    template = form(*lines)
    assert not rendering.judged(template)[1]
    for kind in ("minutes", "notice"):
        words = words_of(kind, sample.FACTS, sample.BLOCKS)
        assert set(words) == {p.name for p in PLACEHOLDERS}
        assert "{{" not in text_of(rendering.filled(template, words))


def test_what_was_said_can_neither_instruct_nor_break_the_paper() -> None:
    said = "</w:t></w:r><w:p/> {{ config }} {% include 'x' %} & <b>"
    blocks = [Block("b1", BlockKind.ASSESSMENT, said)]
    facts = replace(sample.FACTS, signer=Person("{{ 7*7 }}", "CHÁNH VĂN PHÒNG"))
    start = starting.form("notice")
    paper = rendering.filled(start, words_of("notice", facts, blocks))
    assert said in text_of(paper) and "{{ 7*7 }}" in text_of(paper)


# -- the way into use ------------------------------------------------------------------------


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return briefing.drafted(cast)


OWN = "MẪU RIÊNG {{ so }}/{{ ky_hieu }}"


def kept(cast: Cast, kind: str, text: str) -> OfficeTemplate:
    """Keep a form that was judged before."""
    template = OfficeTemplate(
        unit_id=cast.office.id, kind=kind, filename="mau.docx",
        sha256=kept_papers.store(form(text)), uploaded_at=clock.now(), uploaded_by_id=cast.nam.id,
    )  # fmt: skip
    db.session.add(template)
    db.session.flush()
    return template


def test_a_form_is_used_once_somebody_says_so_and_is_bound_to_the_version(
    minutes: Minutes, cast: Cast
) -> None:
    unit = minutes.meeting.unit
    template = templates.upload(cast.nam, unit, "minutes", "mau.docx", form(OWN))
    assert not template.in_use and "MẪU RIÊNG …/BB-VP" in text_of(templates.preview(template))
    plain = service.submit(cast.nam, minutes, minutes.version)
    assert plain.minutes_template == ""
    service.withdraw(cast.nam, minutes)
    templates.use(cast.nam, template)
    kept = service.submit(cast.nam, minutes, minutes.version)
    assert kept.minutes_template == template.sha256 and kept.notice_template == ""
    shown = service.document(cast.khai, minutes, "minutes")[0]
    assert "MẪU RIÊNG" in text_of(shown)
    service.approve(cast.khai, minutes, minutes.version, kept.minutes_sha256, kept.notice_sha256)
    templates.retire(cast.nam, template)
    assert service.document(cast.khai, minutes, "minutes")[0] == shown, "an approved paper changed"


def test_a_later_form_takes_the_place_of_an_earlier_one(cast: Cast) -> None:
    first, second = kept(cast, "notice", "một"), kept(cast, "notice", "hai")
    other = kept(cast, "minutes", "ba")
    for template in (other, first, second):
        templates.use(cast.nam, template)
    assert not first.in_use and second.in_use
    assert in_use(cast.office.id) == {"notice": second.sha256, "minutes": other.sha256}


def test_a_form_that_fails_at_submitting_loses_nothing(minutes: Minutes, cast: Cast) -> None:
    template = kept(cast, "minutes", OWN)
    templates.use(cast.nam, template)
    template.sha256 = kept_papers.store(form("{{ hong }}"))  # as a later Meetly might refuse it
    db.session.commit()
    before = service.blocks_of(minutes)
    with pytest.raises(filling.Unfilled, match="mẫu của Meetly"):
        service.submit(cast.nam, minutes, minutes.version)
    db.session.rollback()
    assert minutes.status == MinutesStatus.DRAFT and service.blocks_of(minutes) == before
    templates.retire(cast.nam, template)
    assert service.submit(cast.nam, minutes, minutes.version).minutes_sha256


def test_only_a_secretary_of_the_office_changes_its_forms(minutes: Minutes, cast: Cast) -> None:
    unit, template = minutes.meeting.unit, kept(cast, "minutes", OWN)
    for other in (cast.khai, cast.sinh, cast.la, cast.quan):
        with pytest.raises(NotAllowed):
            templates.upload(other, unit, "minutes", "mau.docx", form(OWN))
        with pytest.raises(NotFound):
            templates.get(other, template.id)
        with pytest.raises(NotAllowed):
            templates.use(other, template)


def test_the_pages_take_a_form_from_upload_to_use(
    minutes: Minutes, cast: Cast, sign_in: SignIn
) -> None:
    browser, unit = sign_in(cast.nam), minutes.meeting.unit_id
    start = browser.get("/office-templates/notice.docx").data

    def send(document: bytes) -> tuple[int, str, str]:
        given = {"unit": unit, "kind": "notice", "file": (io.BytesIO(document), "mau.docx")}
        answer = browser.post("/office-templates", data=given)
        return answer.status_code, answer.text, answer.location or ""

    status, page, _ = send(form("Kính gửi {{ ban_be }}, {{ trich_yeu.upper() }}"))
    assert status == 422 and "ban_be" in page and "Kính gửi" in page
    status, page, where = send(start)
    assert status == 302
    assert "nguoi_ky" in browser.get(where).text
    assert "10/12/2026" in text_of(browser.get(f"{where}/preview.docx").data)
    assert browser.get(f"{where}/form.docx").data == start
    assert browser.post(f"{where}/use").status_code == 302
    assert "Về mẫu của Meetly" in browser.get(where).text
    assert "Đang dùng" in browser.get("/office-templates").text
    assert browser.post(f"{where}/retire").status_code == 302
    assert "Dùng mẫu này" in browser.get(where).text


def test_a_text_box_or_vml_is_no_hiding_place() -> None:
    """What is drawn over the page is part of the body and is judged like it."""
    document = docx.Document(io.BytesIO(form("a")))
    box = OxmlElement("w:txbxContent")
    paragraph = OxmlElement("w:p")
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = "{{ cycler.__init__ }}"
    run.append(words)
    paragraph.append(run)
    box.append(paragraph)
    document.paragraphs[0]._p.append(box)
    written = io.BytesIO()
    document.save(written)
    assert document.element.body.find(f".//{qn('w:txbxContent')}") is not None
    assert rendering.judged(written.getvalue())[1]
