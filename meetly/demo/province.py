"""The fictional province Lam Giang: its units, its people and the briefing of 23/11/2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from meetly import clock
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, UnitKind, User
from meetly.errors import WrongState
from meetly.extensions import db
from meetly.materials import service as materials
from meetly.meetings import service as meetings
from meetly.meetings.models import AttendanceStatus, Meeting
from meetly.paths import DEMO_DATA
from meetly.tasks.carried import service as carried

ROOT = "LG"
OFFICE = "LG.VP"
PASSWORD = "giao ban Lam Giang"  # noqa: S105  shown to everybody who runs the demo

#: login, name, position, unit code, role
PEOPLE = (
    ("quantri", "Đinh Văn Quân", "Quản trị hệ thống", ROOT, Role.ADMIN),
    ("thuky", "Đỗ Văn Nam", "Trưởng phòng Tổng hợp, Văn phòng UBND tỉnh", OFFICE, Role.SECRETARY),
    ("chutich", "Trần Quốc Khải", "Chủ tịch UBND tỉnh", OFFICE, Role.LEADER),
    ("chanhvanphong", "Lê Thị Minh Hòa", "Chánh Văn phòng", OFFICE, Role.LEADER),
    ("taichinh", "Phạm Đức Long", "Giám đốc Sở Tài chính", "LG.STC", Role.LEADER),
    (
        "khoahoc", "Hoàng Thu Hà", "Giám đốc Sở Khoa học và Công nghệ", "LG.SKHCN",
        Role.LEADER,
    ),
    ("namhoa", "Vàng A Sình", "Chủ tịch UBND xã Nậm Hoa", "LG.001", Role.PARTICIPANT),
    (
        "doithong", "Nguyễn Bảo Châu", "Phó Chủ tịch UBND phường Đồi Thông", "LG.068",
        Role.PARTICIPANT,
    ),
)  # fmt: skip

#: the account to sign in with for each role
ACCOUNTS = {
    Role.ADMIN: "quantri",
    Role.SECRETARY: "thuky",
    Role.LEADER: "chutich",
    Role.PARTICIPANT: "namhoa",
}

TITLE = "Hội nghị giao ban trực tuyến giữa UBND tỉnh với UBND các xã, phường tháng 11 năm 2026"
NEXT_TITLE = TITLE.replace("tháng 11", "tháng 12")
AGENDA = (
    ("Kiểm tra điểm cầu, giới thiệu thành phần", OFFICE, 5),
    ("Báo cáo việc thực hiện kết luận kỳ trước", OFFICE, 10),
    ("Báo cáo giải ngân vốn đầu tư công", "LG.STC", 10),
    ("Báo cáo hạ tầng họp trực tuyến và ký số", "LG.SKHCN", 10),
    ("Địa phương phát biểu, thảo luận", "", 90),
    ("Kết luận của chủ trì", OFFICE, 25),
)


#: the reports handed out, by agenda item
MATERIALS = {
    2: "bao-cao-ket-luan-ky-truoc.docx",
    3: "bao-cao-giai-ngan.docx",
    4: "bao-cao-ha-tang-hop.docx",
}


def refuse_other_houses() -> None:
    """Raise WrongState when another province lives here: the demo never touches real data."""
    other = select(Unit).where(Unit.parent_id.is_(None), Unit.code != ROOT)
    root = db.session.scalar(other.limit(1))
    if root is not None:
        raise WrongState(
            "Cơ sở dữ liệu này đang dùng cho %(name)s; bản thử chỉ chạy trên dữ liệu riêng. "
            "Hãy đặt MEETLY_DATA sang một thư mục khác.",
            name=root.name,
        )


def settle() -> None:
    """Add the units and people of Lam Giang to an empty house, or leave them as they are."""
    refuse_other_houses()
    accounts.import_units(None, DEMO_DATA / "units.csv")
    for login, name, position, code, role in PEOPLE:
        if db.session.scalar(select(User).where(User.login == login)) is None:
            _person(login, name, position, code, role)


def _person(login: str, name: str, position: str, code: str, role: Role) -> None:
    user = accounts.add_user(
        None, login=login, name=name, position=position, password=PASSWORD,
        email=f"{login}@lamgiang.example",
    )  # fmt: skip
    unit = accounts.unit_by_code(code)
    assert unit is not None, code
    accounts.give_role(None, user, unit, role)


def briefing() -> Meeting:
    """Return the briefing of 23/11/2026, scheduled and held with its agenda and attendance."""
    existing = db.session.scalar(select(Meeting).where(Meeting.title == TITLE))
    if existing:
        return existing
    secretary = accounts.user_by_login("thuky")
    office = accounts.unit_by_code(OFFICE)
    assert office is not None
    invited = [unit for unit in accounts.units() if unit.kind != UnitKind.PROVINCE]
    plan = meetings.MeetingPlan(
        title=TITLE,
        starts_at=clock.from_local(datetime(2026, 11, 23, 8, 0)),
        ends_at=clock.from_local(datetime(2026, 11, 23, 10, 45)),
        place="Phòng họp số 1, trụ sở UBND tỉnh",
        chair_id=accounts.user_by_login("chutich").id,
        secretary_id=secretary.id,
        agenda=tuple(
            meetings.AgendaPlan(title=title, unit_id=_id(code), duration=minutes)
            for title, code, minutes in AGENDA
        ),
        unit_ids=tuple(unit.id for unit in invited if unit.id != office.id),
    )
    meeting = meetings.schedule(secretary, plan, unit=office)
    meetings.publish(secretary, meeting)
    _hand_out(secretary, meeting)
    for unit in invited:
        if unit.id == office.id:
            continue
        stood_in = unit.code == "LG.SYT"
        meetings.record_attendance(
            secretary,
            meeting,
            unit,
            AttendanceStatus.SUBSTITUTE if stood_in else AttendanceStatus.PRESENT,
            person="Phó Giám đốc Sở Y tế (thay Giám đốc)" if stood_in else "",
        )
    meetings.hold(secretary, meeting)
    _plan_next(secretary, meeting, office)
    return meeting


def _hand_out(secretary: User, meeting: Meeting) -> None:
    """Give each agenda item that has a report its document."""
    for number, filename in MATERIALS.items():
        item = meeting.agenda[number - 1]
        with (DEMO_DATA / "materials" / filename).open("rb") as source:
            materials.add(secretary, meeting, filename, source, title=item.title, item=item)


def follow_up() -> None:
    """Put what became of November's directions first among the papers of December's briefing."""
    following = db.session.scalar(select(Meeting).where(Meeting.title == NEXT_TITLE))
    assert following is not None
    carried.prepare(accounts.user_by_login("thuky"), following)


def _plan_next(secretary: User, meeting: Meeting, office: Unit) -> None:
    """Write next month's briefing down: the same sites, its agenda still short."""
    plan = replace(
        meetings.plan_of(meeting),
        title=NEXT_TITLE,
        starts_at=clock.from_local(datetime(2026, 12, 21, 8, 0)),
        ends_at=clock.from_local(datetime(2026, 12, 21, 10, 30)),
        agenda=(
            meetings.AgendaPlan(title=AGENDA[1][0], unit_id=office.id, duration=10),
            meetings.AgendaPlan(title="Kết quả năm 2026, nhiệm vụ năm 2027", duration=60),
        ),
    )
    meetings.publish(secretary, meetings.schedule(secretary, plan, unit=office))


def _id(code: str) -> int | None:
    unit = accounts.unit_by_code(code)
    return unit.id if unit else None


def demo_accounts() -> list[User]:
    """List one person of each role, where the demo lives in this database."""
    query = select(User).where(User.login.in_(ACCOUNTS.values())).order_by(User.id)
    if accounts.unit_by_code(OFFICE) is None:
        return []
    return list(db.session.scalars(query))
