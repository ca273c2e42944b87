"""A process for hostile files has little memory and time, no network and none of our secrets."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from meetly import confined
from meetly.confined import Failed, Limits
from tests.conftest import missing

LIMITS = Limits(memory=512 << 20, seconds=20, largest=1 << 20)


def run(code: str, folder: Path, limits: Limits = LIMITS) -> None:
    confined.run([sys.executable, "-c", code], folder, limits)


def test_what_stays_inside_the_limits_is_done(tmp_path: Path) -> None:
    run("open('made', 'w').write('x' * 1000)", tmp_path)
    assert (tmp_path / "made").read_text() == "x" * 1000


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("x = bytearray(1 << 30)", "MemoryError"),
        ("open('made', 'wb').write(bytes(2 << 20))", "File too large|ended with"),
        ("raise SystemExit('hỏng')", "hỏng"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with"),
    ],
)
def test_what_asks_for_more_or_breaks_down_fails_and_says_why(
    tmp_path: Path, code: str, why: str
) -> None:
    with pytest.raises(Failed, match=why):
        run(code, tmp_path)


def test_what_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('child', 'w').write(str(child.pid)); time.sleep(600)"
    )
    with pytest.raises(Failed, match="more than 2 s"):
        run(code, tmp_path, Limits(512 << 20, 2, 1 << 20))
    grandchild = Path("/proc") / (tmp_path / "child").read_text()
    for _ in range(100):
        if not grandchild.exists() or "Z" in (grandchild / "stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("what it started lives on")


def test_no_secret_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETLY_SECRET", "bí mật")
    run("import os; assert not [k for k in os.environ if 'MEETLY' in k]", tmp_path)
    run("import meetly.clock", tmp_path)


def test_the_network_is_out_of_reach(tmp_path: Path) -> None:
    if not confined._cut_off():
        missing("the right to take the network away (unshare)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        with pytest.raises(Failed):
            run(code, tmp_path)


def test_a_name_in_the_folder_is_no_module_of_ours(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('bị lừa')")
    source = tmp_path / "a.txt"
    source.write_bytes(b"x")
    confined.run_module("workers.paging", ["text", str(source), "1"], tmp_path, LIMITS)
    assert (tmp_path / "made").is_file()
