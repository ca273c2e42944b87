"""Work on files nobody vouches for: in a process of its own, with limits and without our secrets.

Pictures, stamps and conversions read what people uploaded with large C libraries. A file made to
exhaust or to take over such a library meets a process that has little memory, little time, no
network where the system allows that, and an environment in which no setting of Meetly stands.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import meetly

#: Sets the limits before the first line of the program runs (POSIX ulimit: KB, seconds, 512 bytes).
_LIMITED = (
    'ulimit -c 0 && ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && shift 3 && exec "$@"'
)

#: bytes of what a failed program said that are kept
_LAST_WORDS = 400


@dataclass(frozen=True)
class Limits:
    """What a process may use."""

    #: bytes of address space
    memory: int
    #: seconds on the clock; as many of computing
    seconds: int
    #: bytes of one file it writes
    largest: int


class Failed(Exception):
    """The work was not done: the file cannot be read, or it asked for more than the limits."""


def run_module(module: str, arguments: Sequence[str], folder: Path, limits: Limits) -> None:
    """Run one of our own modules on a file; see `run`."""
    run([sys.executable, "-P", "-m", module, *arguments], folder, limits)


def run(command: Sequence[str], folder: Path, limits: Limits) -> None:
    """Run a program inside a folder and return when it ended well; Failed otherwise.

    Whatever it started is ended with it. It inherits no environment but where programs lie.
    """
    house = str(Path(meetly.__file__).resolve().parent.parent)
    given = {
        "PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": house, "LANG": "C.UTF-8",
        "HOME": str(folder), "TMPDIR": str(folder),
    }  # fmt: skip
    caps = [str(limits.memory >> 10), str(limits.seconds), str(limits.largest >> 9)]
    said = folder / "said"
    with said.open("wb") as heard:
        child = subprocess.Popen(  # noqa: S603 - no shell sees a word of the file
            [*_cut_off(), "/bin/sh", "-c", _LIMITED, "sh", *caps, *command],
            cwd=folder, env=given, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=heard, stderr=heard,
        )  # fmt: skip
    try:
        status = child.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"took more than {limits.seconds} s") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if status:
        last = said.read_bytes()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        raise Failed(f"ended with {status}: {last}")


@cache
def _cut_off() -> tuple[str, ...]:
    """Return the words that take the network away, where this system lets us."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    words = (program, "--user", "--map-root-user", "--net")
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)  # noqa: S603
    return words if tried.returncode == 0 else ()
