"""The papers of a meeting with the server gone: kept, read, and brought up to date afterwards."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from meetly import paths
from meetly.app import create_app
from meetly.config import Config
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.materials.models import Material, Receipt
from meetly.meetings import service as meetings
from meetly.meetings.models import Meeting
from tests import cast as cast_of_tests
from tests.cast import PASSWORD
from tests.conftest import missing
from tests.materials import samples
from tests.meetings.plans import scheduled

pytestmark = pytest.mark.browser

PIECE = 1 << 20
LONG = ("Báo cáo giải ngân từng xã. " * 40 + "\n").encode() * 2600  # about 3.5 MB
DOCX = samples.docx()
SHORT = len(samples.TEXT) + len(samples.png()) + len(DOCX)
NEWER = ("Bản mới của chương trình.\n" * 50).encode()
SETTLE = "window.dispatchEvent(new Event('online'))"
CACHES = "caches.keys()"
PIECES = """new Promise((resolve) => {
    const opening = indexedDB.open("packs", 1);
    opening.onsuccess = () => {
        const database = opening.result;
        const tables = database.transaction(["packs", "pieces"]);
        const counts = [tables.objectStore("packs").count(), tables.objectStore("pieces").count()];
        tables.oncomplete = () => {
            database.close();
            resolve(counts[0].result + counts[1].result);
        };
    };
})"""


class Office:
    """A Meetly whose server can be stopped and started, and whose line can be bad."""

    def __init__(self, folder: Path) -> None:
        if not (paths.STATIC / "sw.js").exists():
            missing("the built assets (make assets)")
        self.app = create_app(Config(data=folder, secret="the secret of the tests"))
        self.app.wsgi_app = self._line(self.app.wsgi_app)  # type: ignore[method-assign]
        self.sent: list[tuple[str, int]] = []
        #: changes a piece of a paper on its way; may raise to cut the line
        self.trouble: Callable[[bytes], bytes] = lambda piece: piece
        with self.app.app_context():
            db.create_all()
            cast = cast_of_tests.assemble()
            meeting = scheduled(cast)
            for name, content in (
                ("Báo cáo.txt", LONG), ("Chương trình.txt", samples.TEXT),
                ("Bản đồ.png", samples.png()), ("Dự thảo.docx", DOCX),
            ):  # fmt: skip
                materials.add(cast.nam, meeting, name, io.BytesIO(content))
            db.session.commit()
            self.meeting = meeting.id
        self.port = 0
        self.start()

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def _line(self, app: Any) -> Any:
        def answer(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
            path, pieces = environ["PATH_INFO"], app(environ, start)
            is_paper = "/pack/files/" in path
            try:
                for piece in pieces:
                    passed = self.trouble(piece) if is_paper else piece
                    if is_paper:
                        self.sent.append((path.rpartition("/")[2], len(passed)))
                    yield passed
            finally:
                pieces.close()

        return answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def page(self) -> str:
        return f"/meetings/{self.meeting}/offline"

    def do(self, work: Callable[[Any, Meeting], Any]) -> Any:
        """Change something in the house as its people would."""
        with self.app.app_context():
            found = work(cast_of_tests.recall(), db.session.get_one(Meeting, self.meeting))
            db.session.commit()
            return found

    def receipts(self) -> dict[str, datetime]:
        def read(_cast: Any, _meeting: Meeting) -> dict[str, datetime]:
            titles = {
                v.id: m.title for m in db.session.scalars(select(Material)) for v in m.versions
            }
            return {titles[r.version_id]: r.opened_at for r in db.session.scalars(select(Receipt))}

        found: dict[str, datetime] = self.do(read)
        return found

    def bytes_sent(self) -> int:
        return sum(count for _sha, count in self.sent)


def paper(title: str) -> Material:
    return db.session.scalars(select(Material).where(Material.title == title)).one()


def withdraw(cast: Any, meeting: Meeting) -> None:
    plan = replace(meetings.plan_of(meeting), unit_ids=(cast.finance.id,))
    meetings.change(cast.nam, meeting, meeting.version, plan)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "var")
    yield office
    office.stop()
    with office.app.app_context():
        db.engine.dispose()


@pytest.fixture
def machine(office: Office, chromium: Any) -> Iterator[Any]:
    """Give the browser of one PC, with all it keeps."""
    context = chromium.new_context(base_url=office.address, locale="vi-VN")
    context.set_default_timeout(20_000)
    yield context
    context.close()


def sign_in(machine: Any, login: str) -> Any:
    page = machine.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def says(page: Any, name: str) -> None:
    page.locator(f"[data-say={name}]").wait_for(state="visible")


def keep(page: Any, office: Office) -> None:
    page.goto(office.page)
    page.click("[data-keep-button]")
    says(page, "whole")


def test_papers_are_read_with_the_server_gone_and_brought_up_to_date_after(
    office: Office, machine: Any
) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    assert office.bytes_sent() == len(LONG) + SHORT
    assert page.locator("[data-kept]:visible").count() == 4 and office.receipts() == {}

    office.stop()
    page.reload()
    says(page, "away")
    gone = datetime.now(UTC)
    page.click("text='Báo cáo'")
    page.wait_for_url("**/pack/files/*")
    assert page.locator("body").inner_text().startswith("Báo cáo giải ngân từng xã.")
    page.go_back()
    says(page, "away")
    page.click("text='Bản đồ'")
    assert page.evaluate("document.images[0].naturalWidth") == 1
    page.go_back()
    with page.expect_download() as download:
        page.click("text='Dự thảo'")
    assert Path(download.value.path()).read_bytes() == DOCX
    assert download.value.suggested_filename == "Dự thảo.docx"
    opened = datetime.now(UTC)

    office.do(lambda cast, meeting: materials.add_version(
        cast.nam, paper("Chương trình"), "Chương trình.txt", io.BytesIO(NEWER)
    ))  # fmt: skip
    office.sent.clear()
    office.start()
    page.evaluate(SETTLE)
    says(page, "whole")
    assert office.bytes_sent() == len(NEWER)
    page.locator("[data-papers] >> text='bản 2'").wait_for()
    receipts = office.receipts()
    assert receipts.keys() == {"Báo cáo", "Bản đồ", "Dự thảo"}
    assert all(gone.replace(microsecond=0) <= at <= opened for at in receipts.values())

    office.stop()
    page.reload()
    page.click("text='Chương trình'")
    page.wait_for_url("**/pack/files/*")
    assert page.locator("body").inner_text().startswith("Bản mới")
    office.start()


def test_a_line_that_drops_costs_one_piece_at_most_whatever_the_tab_does(
    office: Office, machine: Any
) -> None:
    left = [0]

    def cut(piece: bytes) -> bytes:
        if left[0] <= 0:
            raise RuntimeError("the line is cut")
        left[0] -= len(piece)
        return piece

    office.trouble = cut
    page = sign_in(machine, "hoa")
    page.goto(office.page)
    page.click("[data-keep-button]")
    says(page, "cut")
    cuts = 5
    for _ in range(cuts):
        left[0] = PIECE + PIECE // 2  # one whole piece, and half of another that is lost
        page.close()
        page = machine.new_page()
        page.goto(office.page)
        page.locator("[data-say=cut], [data-say=whole]").locator("visible=true").wait_for()
    left[0] = len(LONG)
    page.evaluate(SETTLE)
    says(page, "whole")
    needed = len(LONG) + SHORT
    assert needed < office.bytes_sent() <= needed + cuts * PIECE
    page.click("text='Báo cáo'")
    page.wait_for_url("**/pack/files/*")
    assert page.locator("body").inner_text().strip() == LONG.decode().strip()


def test_a_byte_that_changed_on_its_way_is_noticed_and_fetched_again(
    office: Office, machine: Any
) -> None:
    broken = [1]

    def flip(piece: bytes) -> bytes:
        if broken and piece.startswith("Báo cáo giải".encode()):
            broken.pop()
            return b"X" + piece[1:]
        return piece

    office.trouble = flip
    page = sign_in(machine, "hoa")
    page.goto(office.page)
    page.click("[data-keep-button]")
    says(page, "cut")
    page.evaluate(SETTLE)
    says(page, "whole")
    page.click("text='Báo cáo'")
    page.wait_for_url("**/pack/files/*")
    assert page.locator("body").inner_text().startswith("Báo cáo giải")


def test_what_was_taken_back_leaves_the_machine(office: Office, machine: Any) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    office.do(lambda cast, meeting: materials.remove(cast.nam, paper("Báo cáo")))
    page.evaluate(SETTLE)
    page.locator("[data-papers] >> text='Báo cáo'").wait_for(state="detached")
    says(page, "whole")
    kept = "caches.keys().then(async (names) => (await (await caches.open(names[0])).keys())"
    addresses = page.evaluate(f"{kept}.map((each) => each.url))")
    assert len([address for address in addresses if "/pack/files/" in address]) == 3


def test_who_may_not_see_the_meeting_any_more_keeps_nothing_of_it(
    office: Office, machine: Any
) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)

    office.do(withdraw)
    page.evaluate(SETTLE)
    says(page, "gone")
    assert page.evaluate(CACHES) == []
    assert page.locator("[data-papers] [data-sha]").count() == 0


def test_neither_does_who_comes_back_to_the_page_after_that(office: Office, machine: Any) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    page.goto("/")
    office.do(withdraw)
    assert page.goto(office.page).status == 404
    assert page.evaluate(CACHES) == []


def test_removing_what_is_still_on_its_way_leaves_nothing(office: Office, machine: Any) -> None:
    gate = threading.Event()

    def hold(piece: bytes) -> bytes:
        gate.wait(10)
        return piece

    office.trouble = hold
    page = sign_in(machine, "hoa")
    page.goto(office.page)
    page.click("[data-keep-button]")
    says(page, "coming")
    page.click("[data-drop-button]")
    gate.set()
    says(page, "fresh")
    page.wait_for_function(f"{CACHES}.then((names) => names.length === 0)")
    assert page.evaluate(PIECES) == 0


def test_signing_out_takes_everything_along(office: Office, machine: Any) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    page.click(".user-menu > summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    assert page.evaluate(CACHES) == []
    assert page.evaluate(PIECES) == 0
    office.stop()
    with pytest.raises(Exception, match=r"ERR_CONNECTION_REFUSED|ERR_FAILED"):
        page.goto(office.page)
    office.start()


def test_on_a_shared_machine_the_next_person_finds_nothing(office: Office, machine: Any) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    machine.clear_cookies()  # the session ran out, nobody signed out
    other = sign_in(machine, "long")
    other.wait_for_function("caches.keys().then((names) => names.length === 0)")
    keep(other, office)
    [name] = other.evaluate(CACHES)
    long = office.do(lambda cast, meeting: cast.long.id)
    assert name == f"pack:{long}:{office.meeting}"


def test_a_session_that_ran_out_keeps_the_papers_and_asks_to_sign_in(
    office: Office, machine: Any
) -> None:
    page = sign_in(machine, "hoa")
    keep(page, office)
    machine.clear_cookies()
    page.evaluate(SETTLE)
    says(page, "signedOut")
    assert len(page.evaluate(CACHES)) == 1


def test_without_a_secure_line_the_page_says_so_and_still_lists_the_papers(
    office: Office, machine: Any
) -> None:
    page = sign_in(machine, "hoa")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(office.page)
    says(page, "insecure")
    assert page.locator("[data-keep-button]").is_hidden()
    assert page.locator("[data-papers] [data-sha] a").count() == 4
