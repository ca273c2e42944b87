"""What passes between a secretary, a commune and the chair before a briefing, in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import recurring_ical_events
from aiosmtpd.controller import Controller
from icalendar import Calendar

from meetly import clock
from meetly.accounts.models import User
from meetly.config import Config
from meetly.meetings.audience import Audience
from meetly.meetings.series import service as series
from meetly.meetings.series.models import HolidayPolicy
from meetly.meetings.series.recurrence import Rule, Shape
from meetly.meetings.series.service import Design
from tests import cast as cast_of_tests
from tests.browser import axe
from tests.browser.conftest import House, entering, opening, serve
from tests.cast import PASSWORD
from tests.meetings.plans import briefing
from tests.workers.post import Post, free_port
from workers import send_notices

pytestmark = pytest.mark.browser


@dataclass
class Office:
    """A house whose weekly briefing was opened to its guests, and its mail server."""

    house: House
    post: Post
    series_id: int
    first_id: int

    def letters(self) -> dict[str, list[EmailMessage]]:
        """Send what waits; return every mail that ever came, by the login of the addressee."""
        with self.house.app.app_context():
            send_notices.run()
        found: dict[str, list[EmailMessage]] = {}
        for mail in self.post.taken:
            found.setdefault(str(mail["To"]).split("@")[0], []).append(mail)
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ids: dict[str, int] = {}

    def settle() -> dict[str, str]:
        cast = cast_of_tests.assemble()
        day = clock.today() + timedelta(days=7 - clock.today().weekday())
        start = clock.from_local(datetime.combine(day, time(8, 0)))
        plan = briefing(cast, starts_at=start, ends_at=start + timedelta(minutes=90))
        weekly = Design(
            plan, Audience(unit_ids=plan.unit_ids), Rule(Shape.WEEKLY, weekdays=(0,), count=4),
            HolidayPolicy.KEEP,
        )  # fmt: skip
        begun = series.begin(cast.nam, cast.office, weekly)
        series.publish(cast.nam, begun)
        ids.update(series=begun.id, first=series.coming(begun)[0].id)
        return {name: row.login for name, row in vars(cast).items() if isinstance(row, User)}

    config = Config(
        data=tmp_path / "var", secret="s", smtp_host="127.0.0.1", smtp_port=free_port(),
        mail_from="meetly@lamgiang.example", mail_replies="hop@lamgiang.example",
    )  # fmt: skip
    post = Post()
    server = Controller(post, hostname=config.smtp_host, port=config.smtp_port)
    server.start()
    with serve(config, settle, PASSWORD) as house:
        yield Office(house, post, ids["series"], ids["first"])
    server.stop()


def _calendar_of(mail: EmailMessage) -> Calendar:
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    written = part.get_payload(decode=True)
    assert isinstance(written, bytes)
    return Calendar.from_ical(written)


def _shown(mails: list[EmailMessage]) -> list[str]:
    """Return what a calendar program shows that was sent these mails one after the other."""
    kept: dict[str, Any] = {}
    for mail in mails:
        read = _calendar_of(mail)
        assert read["METHOD"] == "REQUEST"
        for event in read.walk("VEVENT"):
            stands = event.get("RECURRENCE-ID")
            kept[stands.dt.isoformat() if stands else ""] = event
    [uid] = {str(event["UID"]) for event in kept.values()}
    assert uid
    together = Calendar.from_ical(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nEND:VCALENDAR\r\n"
    )
    for event in kept.values():
        together.add_component(event)
    begins = clock.now()
    found = recurring_ical_events.of(together).between(begins, begins + timedelta(days=60))
    moments = sorted(clock.local(event["DTSTART"].dt) for event in found)
    return [f"{moment:%d/%m %H:%M}" for moment in moments]


def test_one_occurrence_is_moved_and_everybodys_calendar_follows(
    office: Office, chromium: Any
) -> None:
    planned = _shown(office.letters()["hoa"])
    assert len(planned) == 4
    with opening(office.house, chromium) as open_page:
        page = entering(office.house, open_page)("nam")
        page.goto(f"/meetings/series/{office.series_id}")
        page.locator(".row-item a").nth(1).click()
        page.get_by_role("link", name="Sửa").click()
        page.fill("[name=starts]", "14:00")
        page.fill("[name=ends]", "15:30")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("text=14 giờ 00")
    letters = office.letters()
    assert set(letters) == {"khai", "long", "sinh", "hoa"}
    moved = [*planned[:1], planned[1].replace("08:00", "14:00"), *planned[2:]]
    for login, mails in letters.items():
        assert len(mails) == 2, f"{login} was told {len(mails)} times"
        assert _shown(mails) == moved, login
        counted = [int(str(_calendar_of(mail).walk("VEVENT")[0]["SEQUENCE"])) for mail in mails]
        assert counted[1] > counted[0]


def test_a_commune_sends_a_substitute_and_the_chair_agrees_with_one_tap(
    office: Office, chromium: Any
) -> None:
    with opening(office.house, chromium) as open_page:
        enter = entering(office.house, open_page)
        commune = enter("hoa", width=390)
        commune.goto(f"/meetings/{office.first_id}")
        commune.get_by_role("link", name="Cử người dự thay").click()
        assert axe.faults(commune) == []
        commune.fill("[name=attendee]", "Lò Văn Phong, Phó Chủ tịch UBND xã")
        commune.fill("[name=reason]", "Chủ tịch dự họp HĐND")
        commune.keyboard.press("Control+Enter")
        commune.wait_for_url(f"**/meetings/{office.first_id}")
        chair = enter("khai", width=390)
        chair.goto("/")
        chair.get_by_role("button", name="Đồng ý", exact=True).click()
        chair.wait_for_selector("text=Đã đồng ý")
        commune.reload()
        assert commune.locator("text=Lò Văn Phong").count() == 1
        assert axe.sticks_out(chair) <= 0
    told = [str(mail["Subject"]) for mail in office.letters()["hoa"]]
    assert any("đồng ý" in subject.lower() for subject in told), told
