"""What people are told about a series: how it meets, that it opens, what changed; each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.meetings import announcement
from meetly.meetings.calendars import recurring
from meetly.meetings.calendars.ics import Method
from meetly.meetings.models import Meeting
from meetly.meetings.plan import PARTS, TOLD, Change
from meetly.meetings.series.models import Series
from meetly.meetings.series.occurrences import Pattern, pattern_of
from meetly.meetings.series.recurrence import LAST, Rule, Shape
from meetly.notices import service as notices
from meetly.web import day, long_day

WEEKDAYS = (
    _l("thứ Hai"), _l("thứ Ba"), _l("thứ Tư"), _l("thứ Năm"), _l("thứ Sáu"), _l("thứ Bảy"),
    _l("Chủ nhật"),
)  # fmt: skip
ORDINALS = {1: _l("đầu tiên"), 2: _l("thứ hai"), 3: _l("thứ ba"), 4: _l("thứ tư"),
            LAST: _l("cuối cùng")}  # fmt: skip


def rule_said(rule: Rule) -> str:
    """Say a rule: "thứ Hai hằng tuần, đến ngày 31/12/2026"."""
    said = _SAYING[rule.shape](rule)
    if rule.until:
        return str(_("%(rule)s, đến ngày %(day)s", rule=said, day=day(rule.until)))
    if rule.count:
        return str(_("%(rule)s, %(count)s buổi", rule=said, count=rule.count))
    return said


def rhythm(pattern: Pattern, duration: int) -> str:
    """Say when a series meets: "thứ Hai hằng tuần, 8 giờ 00, 90 phút"."""
    hour = _("%(hour)s giờ %(minute)s", hour=pattern.begins.hour,
             minute=f"{pattern.begins.minute:02d}")  # fmt: skip
    return str(_("%(rule)s, %(time)s, %(count)s phút", rule=rule_said(pattern.rule), time=hour,
                 count=duration))  # fmt: skip


def _daily(rule: Rule) -> str:
    if rule.interval == 1:
        return str(_("hằng ngày"))
    return str(_("cách %(count)s ngày một lần", count=rule.interval))


def _working(rule: Rule) -> str:
    return str(_("mọi ngày làm việc"))


def _weekly(rule: Rule) -> str:
    days = ", ".join(str(WEEKDAYS[number]) for number in sorted(rule.weekdays))
    if rule.interval == 1:
        return str(_("%(days)s hằng tuần", days=days))
    return str(_("%(days)s, %(count)s tuần một lần", days=days, count=rule.interval))


def _monthly_weekday(rule: Rule) -> str:
    weekday = f"{WEEKDAYS[rule.weekdays[0]]} {ORDINALS[rule.nth]}"
    return _monthly(rule, weekday)


def _monthly_day(rule: Rule) -> str:
    last = rule.day == LAST
    return _monthly(rule, str(_("ngày cuối") if last else _("ngày %(day)s", day=rule.day)))


def _monthly(rule: Rule, which: str) -> str:
    if rule.interval == 1:
        return str(_("%(day)s hằng tháng", day=which))
    return str(_("%(day)s, %(count)s tháng một lần", day=which, count=rule.interval))


_SAYING = {
    Shape.DAILY: _daily, Shape.WORKING_DAYS: _working, Shape.WEEKLY: _weekly,
    Shape.MONTHLY_WEEKDAY: _monthly_weekday, Shape.MONTHLY_DAY: _monthly_day,
}  # fmt: skip


def invited(
    user: User | None, series: Series, first: Meeting | None, people: Iterable[User]
) -> int:
    """Invite people to a whole series, once; return how many were told."""

    def body() -> str:
        facts = [
            (PARTS["time"], rhythm(pattern_of(series), series.duration)),
            (_l("Buổi tới"), announcement.when(first) if first else ""),
            (PARTS["place"], first.place if first else ""),
            (PARTS["link"], first.link if first else ""),
            (PARTS["chair"], first.chair.name if first and first.chair else ""),
            (_l("Đơn vị tổ chức"), series.unit.name),
        ]
        return "\n".join(f"{name}: {value}" for name, value in facts if value)

    return _tell(
        user, series, "invited", people, first,
        lambda: str(_("Mời họp định kỳ: %(title)s", title=series.title)), body,
    )  # fmt: skip


def changed(
    user: User,
    series: Series,
    first: Meeting | None,
    found: Iterable[Change],
    cancelled: Sequence[Meeting],
    was: Mapping[int, User],
    now: Mapping[int, User],
) -> None:
    """Tell who stays what reads differently, who joins that they are invited, who leaves that."""
    told = [change for change in found if change.part in TOLD]
    invited(user, series, first, [person for key, person in now.items() if key not in was])
    _tell(
        user, series, "withdrawn", [person for key, person in was.items() if key not in now], None,
        lambda: str(_("Không còn trong thành phần họp: %(title)s", title=series.title)),
        lambda: str(_("Đơn vị không còn trong thành phần họp định kỳ của %(unit)s.",
                      unit=series.unit.name)),
    )  # fmt: skip
    if told or cancelled:
        _tell(
            user, series, "changed", [person for key, person in now.items() if key in was], first,
            lambda: str(_("Thay đổi lịch họp định kỳ: %(title)s", title=series.title)),
            lambda: "\n\n".join(
                [*([announcement.listed(told)] if told else []), *_called_off(cancelled)]
            ),
        )  # fmt: skip


def ended(user: User, series: Series, people: Iterable[User]) -> None:
    """Tell that no further meeting opens; those that were announced stay."""
    _tell(
        user, series, "ended", people, None,
        lambda: str(_("Kết thúc lịch họp định kỳ: %(title)s", title=series.title)),
        lambda: str(_("Các buổi đã lên lịch vẫn họp như đã báo; không mở thêm buổi mới.")),
    )  # fmt: skip


def _called_off(meetings: Sequence[Meeting]) -> list[str]:
    if not meetings:
        return []
    days = [f"- {long_day(meeting.starts_at)}" for meeting in meetings]
    return ["\n".join([_("Những buổi không họp nữa:"), *days])]


def _tell(
    user: User | None,
    series: Series,
    event: str,
    people: Iterable[User],
    first: Meeting | None,
    subject: notices.Words,
    body: notices.Words,
) -> int:
    return notices.tell(
        [person for person in people if user is None or person.id != user.id],
        key=f"series.{event}:{series.id}:{series.version}",
        subject=subject,
        body=body,
        link=f"/meetings/{first.id}" if first else "",
        calendar=_enclosed(series, Method.CANCEL if event == "withdrawn" else Method.REQUEST),
    )


def _enclosed(series: Series, method: Method) -> Callable[[User], notices.Enclosure]:
    moment = clock.now()
    query = select(Meeting).where(
        Meeting.series_id == series.id, Meeting.starts_at >= moment - recurring.WINDOW
    )
    query = query.options(
        selectinload(Meeting.invitations), selectinload(Meeting.personal_invitations),
        selectinload(Meeting.agenda),
    )  # fmt: skip
    occurrences = list(db.session.scalars(query.order_by(Meeting.occurrence)))
    places = recurring.places_of(series, occurrences, moment)
    return lambda person: recurring.for_series(series, occurrences, method, person, places)
