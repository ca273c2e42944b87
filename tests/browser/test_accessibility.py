"""Every page by every kind of person: readable for everybody, narrow enough, light, without a word
of complaint from the browser. The pages are those of tests/authorisation.py, so a new one joins by
itself. Who works at a desk reads in Vietnamese and light, who works on a phone in English and dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.authorisation import MAY
from tests.browser import axe
from tests.browser.conftest import Told, entering, opening

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

#: whose rights in tests/authorisation.py a role of the province has
LIKE = {"secretary": "nam", "leader": "khai", "participant": "hoa", "admin": "quan"}

#: what is no page: a program's data, a file, sound, a piece that a page asks for, the way to one
NO_PAGES = {
    "static", "meetings.calendar_feed", "meetings.calendar_file",
    "materials.download", "materials.first_page", "materials.page", "minutes.download",
    "minutes.block", "minutes.page", "minutes.printed", "minutes.signing_picture",
    "minutes.prepared_part", "minutes.names",
    "minutes.office_template_start", "minutes.office_template_preview",
    "minutes.office_template_file", "directions.clip", "directions.names",
    "materials.pack", "materials.pack_manifest", "materials.pack_file", "materials.service_worker",
    "recordings.sound", "recordings.peaks", "transcripts.export", "transcripts.progress",
    "transcripts.of_recording", "transcripts.segment", "transcripts.stretch",
    "transcripts.change", "transcripts.takes_at", "notices.show", "accounts.sign_in",
    "meetings.letter", "meetings.week_paper", "meetings.join",
    "minutes.document_file", "minutes.document_page", "register.export",
    "tasks.records_sheet", "tasks.records_paper",
    "minutes.public_file", "minutes.public_page", "minutes.public_feed", "tasks.proof",
    "tasks.previous_conclusions_paper",
    "tasks.import_template",
    "overview.board_file",
}  # fmt: skip
#: what a browser says that somebody has to look after
GRAVE = {"error", "warning"}
#: pages of what can still be changed
OF_DRAFT = {
    "minutes.edit", "minutes.add", "minutes.word_files", "minutes.word_file",
    "directions.correct", "directions.split", "tasks.confirming",
}  # fmt: skip
OF_NEXT = {
    "meetings.change", "meetings.cancel", "meetings.attendance", "meetings.answers",
    "meetings.answer", "materials.reports", "materials.report", "materials.ask_reports",
    "materials.change_report", "meetings.answer_link", "tasks.previous_conclusions",
}  # fmt: skip

#: bytes over the line: of a page once its styles and scripts are here, and of everything at first
LATER, FIRST = 30_000, 200_000
SENT = "performance.getEntriesByType('navigation')[0].transferSize"
SENT_IN_ALL = """performance.getEntries()
    .filter((e) => 'transferSize' in e && !['audio', 'video'].includes(e.initiatorType))
    .reduce((sum, e) => sum + e.transferSize, 0)"""

Look = tuple[str, int, bool]
DESK, PHONE = ("vi", 1280, False), ("en", 390, True)
#: how each role works; at every width all pages are narrowed to a small phone besides
LOOKS: dict[str, Look] = {
    "secretary": DESK, "leader": PHONE, "participant": PHONE, "admin": DESK,
}  # fmt: skip


@dataclass
class Visits:
    """What was wrong on the pages a person opened one after the other."""

    pages: list[str]
    unreadable: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    too_heavy: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def addresses(told: Told, role: str) -> list[str]:
    """List every page a person of this role may open."""
    pages = []
    for rule in told.house.app.url_map.iter_rules():
        endpoint, methods = rule.endpoint, rule.methods or set()
        if "GET" not in methods or endpoint in NO_PAGES or endpoint.startswith("api"):
            continue
        if LIKE[role] not in MAY.get(endpoint, ()):
            continue
        story = "draft" if endpoint in OF_DRAFT else "next" if endpoint in OF_NEXT else "told"
        with told.house.app.test_request_context():
            built = rule.build(told.ids[story], append_unknown=False)
        assert built is not None, f"{endpoint}: what stands in its address?"
        pages.append(built[1])
    if role in ("secretary", "leader"):
        pages.append(f"/minutes/{told.ids['draft']['minutes_id']}")
    return [*pages, "/search?q=giai+ngan"]


@pytest.fixture(scope="module", params=list(LIKE))
def visits(request: pytest.FixtureRequest, told: Told, chromium: Any) -> Iterator[Visits]:
    """Open every page a person may open, and look at each at once."""
    role = request.param
    language, width, dark = LOOKS[role]
    with opening(told.house, chromium) as open_page:
        page = entering(told.house, open_page)(role, width=width, dark=dark)
        _speak(page, language)
        seen = Visits(addresses(told, role))
        said: list[str] = []
        page.on("console", lambda line: said.extend([line.text] * (line.type in GRAVE)))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in seen.pages:
            _look_at(page, path, width, seen)
            seen.complaints += [f"{path}: {line}" for line in said]
            said.clear()
        yield seen


def _speak(page: Any, language: str) -> None:
    if page.locator("html").get_attribute("lang") == language:
        return
    page.locator(".user-menu > summary").click()
    page.locator(f".language button[value={language}]").click()
    page.locator(f"html[lang={language}]").wait_for()


def _look_at(page: Any, path: str, width: int, seen: Visits) -> None:
    answer = page.goto(path)
    assert answer.status == 200, f"{path}: {answer.status}"
    seen.unreadable += [f"{path}: {fault}" for fault in axe.faults(page)]
    if (weight := page.evaluate(SENT)) > LATER:
        seen.too_heavy.append(f"{path}: {weight} bytes")
    for narrow in (width, 320):
        page.set_viewport_size({"width": narrow, "height": 844})
        if (beyond := axe.sticks_out(page)) > 0:
            seen.too_wide.append(f"{path}: {beyond} pixels beyond {narrow}")
    page.set_viewport_size({"width": width, "height": 844})


def test_axe_finds_nothing(visits: Visits) -> None:
    assert len(visits.pages) > 8
    assert visits.unreadable == []


def test_no_page_is_wider_than_a_narrow_phone(visits: Visits) -> None:
    assert visits.too_wide == []


def test_pages_are_light_enough_for_a_weak_line(visits: Visits) -> None:
    assert visits.too_heavy == []


def test_the_browser_has_nothing_to_complain_about(visits: Visits) -> None:
    assert visits.complaints == []


@pytest.mark.parametrize("view", ["today", "transcript", "minutes", "recordings"])
def test_the_first_page_brings_everything_and_is_light(
    told: Told, chromium: Any, view: str
) -> None:
    ids = told.ids["told"]
    paths = {
        "today": "/",
        "transcript": f"/transcripts/{ids['transcript_id']}",
        "minutes": f"/minutes/{ids['minutes_id']}",
        "recordings": f"/meetings/{ids['meeting_id']}/recordings",
    }
    with opening(told.house, chromium) as open_page:
        enter: Callable[..., Any] = entering(told.house, open_page)
        signed_in = enter("secretary").context.storage_state()
        page = open_page(paths[view], storage_state=signed_in)
        page.wait_for_load_state("networkidle")
        assert 0 < page.evaluate(SENT_IN_ALL) < FIRST
