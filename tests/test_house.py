"""Keeps the plan of the house honest: who leans on whom, and which noun lives where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: the story runs one way; materials and recordings stand side by side
ROOMS = (
    "accounts", "notices", "register", "meetings", "materials", "recordings", "transcripts",
    "minutes", "directions", "tasks", "overview", "api", "demo",
)  # fmt: skip
BESIDE = {("recordings", "materials")}
#: the one line by which the ground knows a room: it names who did what and guards every door
GROUND_EXCEPTIONS = {("app", "*"), ("cli", "*"), ("cli_text", "*"), ("cli_demo", "*"),
                     ("cli_check", "*"), ("cli_model", "*"), ("cli_mail", "*"),
                     ("cli_verify", "*")}  # fmt: skip
KIT = {"models", "service", "forms", "routes"}
CROSSING = {"service", "models"}

HOMES = {
    "whisper": {"workers/whisper_"},
    "torch": {"workers/whisper_"},
    "ctranslate2": {"workers/faster_whisper_transcriber.py", "workers/whisper_conversion.py"},
    "faster_whisper": {"workers/faster_whisper_transcriber.py"},
    "apscheduler": {"workers/timetable.py"},
    "av": {"meetly/recordings/sound.py"},
    "docx": {
        "meetly/paper",
        "meetly/minutes/document",
        "meetly/transcripts/document",
        "meetly/meetings/papers/document",
        "meetly/tasks/scoring/document",
        "meetly/minutes/office_templates/",
        "meetly/tasks/carried/document",
    },
    "docxtpl": {"meetly/minutes/office_templates/rendering.py"},
    "pypdfium2": {"workers/paging.py", "meetly/minutes/signing/sheets.py"},
    "pyhanko": {"meetly/minutes/signing/pades"},
    "pyhanko_certvalidator": {"meetly/minutes/signing/pades"},
    "pkcs11": {"meetly/minutes/signing/tokens.py"},
    "smtplib": {"workers/send_notices.py", "meetly/cli_check.py"},
    "imaplib": {"workers/fetch_replies.py"},
    "icalendar": {"meetly/meetings/calendars/"},
    "openpyxl": {"meetly/workbook.py", "meetly/tasks/importing/"},
}
FLASK_GLOBALS = {"request", "session", "g"}
EDGES = ("routes.py", "web.py", "assets.py", "access.py", "sessions.py", "tus.py")
LONGEST_FILE = 450


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of every import of a file, function bodies included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "meetly" and len(parts) > 1 and parts[1] in ROOMS else None


def targets(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (room, file) for each import of something in a room."""
    for module, name in imports(path):
        room = room_of(module)
        if room is None and module == "meetly" and name in ROOMS:
            yield name, ""
        elif room:
            rest = module.split(".")[2:]
            yield room, rest[0] if rest else name


ROOM_FILES = [path for room in ROOMS for path in python_files(f"meetly/{room}")]


@pytest.mark.parametrize("path", ROOM_FILES, ids=name_of)
def test_a_room_leans_only_on_rooms_before_it(path: Path) -> None:
    mine = path.relative_to(ROOT).parts[1]
    for room, file in targets(path):
        if room == mine:
            continue
        assert ROOMS.index(room) < ROOMS.index(mine), f"{name_of(path)} calls forward to {room}"
        assert (mine, room) not in BESIDE, f"{mine} and {room} stand side by side"
        assert file not in {"routes", "forms"} or mine == "demo", (
            f"{name_of(path)} takes {room}.{file}"
        )


def test_the_ground_knows_no_room() -> None:
    for path in sorted((ROOT / "meetly").glob("*.py")):
        if (path.stem, "*") in GROUND_EXCEPTIONS:
            continue
        assert not list(targets(path)), f"{path.name} leans on a room"


def test_no_house_file_imports_a_door() -> None:
    for path in python_files("meetly"):
        if path.name.startswith(("cli", "__main__")):
            continue
        for module, _ in imports(path):
            assert module.split(".")[0] not in {"workers", "wsgi"}, name_of(path)
            assert not module.startswith("meetly.cli"), name_of(path)


@pytest.mark.parametrize("room", ROOMS[:-3])
def test_every_room_has_its_kit_and_says_what_it_is_for(room: str) -> None:
    folder = ROOT / "meetly" / room
    assert {path.stem for path in folder.glob("*.py")} >= KIT, room
    introduction = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(introduction) and len(introduction.body) == 1


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_has_one_home(library: str) -> None:
    for path in python_files("meetly", "workers"):
        if any(module.split(".")[0] == library for module, _ in imports(path)):
            assert any(name_of(path).startswith(home) for home in HOMES[library]), name_of(path)


def test_flask_globals_stay_at_the_edge() -> None:
    for path in python_files("meetly", "workers"):
        if path.name in EDGES:
            continue
        for module, name in imports(path):
            assert not (module == "flask" and name in FLASK_GLOBALS), name_of(path)
            assert not (module == "flask_login" and name == "current_user"), name_of(path)


def test_only_doors_commit() -> None:
    for path in python_files("meetly", "workers"):
        door = path.name in {"routes.py", "tus.py"} or path.name.startswith("cli")
        if door or path.is_relative_to(ROOT / "workers"):
            continue
        assert ".commit(" not in path.read_text(encoding="utf-8"), name_of(path)


def test_services_never_see_a_request_or_a_form() -> None:
    for path in python_files("meetly"):
        if path.name == "service.py":
            for module, name in imports(path):
                assert not module.endswith(".forms") and name != "Form", name_of(path)


def test_every_template_belongs_to_a_room_and_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("meetly", "workers"))
    pages = {str(p.relative_to(ROOT / "templates")): p for p in (ROOT / "templates").rglob("*.*")}
    texts = "\n".join(page.read_text(encoding="utf-8") for page in pages.values())
    for name in pages:
        owner = name.split("/")[0]
        assert name == "base.html" or owner in {*ROOMS, "components", "errors", "mail"}, name
        if owner == "errors":
            continue
        assert f'"{name}"' in code or f'"{name}"' in texts, f"{name} is used nowhere"


def test_no_page_styles_itself() -> None:
    for page in (ROOT / "templates").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']", text), page.name
        for script in re.findall(r"<script[^>]*>", text):
            assert "nonce=" in script, page.name


def test_files_stay_short() -> None:
    for path in python_files("meetly", "workers", "bench", "training"):
        length = len(path.read_text(encoding="utf-8").splitlines())
        assert length <= LONGEST_FILE, f"{name_of(path)} has {length} lines; is it still one noun?"


def test_no_imports_go_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {}
    for path in python_files("meetly", "workers"):
        module = name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        arrows[module] = {
            target
            for source, name in imports(path)
            for target in (source, f"{source}.{name}")
            if target.startswith(("meetly.", "workers."))
        }
    finished: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module in finished:
            return
        for target in arrows.get(module, ()):
            if target != module:
                walk(target, (*trail, module))
        finished.add(module)

    for module in arrows:
        walk(module, ())
