"""Files by key on the local disk: written whole or not at all, safe before acknowledged."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from meetly.errors import BadInput, NoSpace, NotFound

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)+")


@dataclass(frozen=True)
class Stored:
    """What lies in the store: its size in bytes, its SHA-256 and its CRC-32."""

    size: int
    sha256: str
    crc32: int


class Files:
    """The files of one installation; keys look like `recordings/ab12`, never like a path."""

    def init_app(self, app: Flask, root: Path) -> None:
        """Keep the files of this application under `root`."""
        app.extensions["meetly_files"] = root

    def path(self, key: str) -> Path:
        """Return where the file of this key lies; BadInput when the key is not one of ours."""
        if not _KEY.fullmatch(key) or ".." in key:
            raise BadInput("Khóa tệp không hợp lệ: %(key)s", key=key)
        root: Path = current_app.extensions["meetly_files"]
        return root / key

    def exists(self, key: str) -> bool:
        """Say whether the file is there."""
        return self.path(key).is_file()

    def write(self, key: str, pieces: Iterable[bytes]) -> Stored:
        """Write a new file whole; it appears under its key only when it is safe on disk.

        Raises NoSpace when the disk is full; nothing half-written is left behind.
        """
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        measure = _Measure()
        try:
            with _full_disk_is_no_space(), draft.open("wb") as out:
                for piece in pieces:
                    out.write(piece)
                    measure.add(piece)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
            _sync_folder(target.parent)
        finally:
            draft.unlink(missing_ok=True)
        return measure.taken()

    def write_at(self, key: str, offset: int, piece: bytes) -> None:
        """Put a piece of a growing file at its offset and return once it is safe on disk."""
        target = self.path(key)
        fresh = not target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        with _full_disk_is_no_space():
            handle = os.open(target, os.O_WRONLY | os.O_CREAT, 0o640)
            try:
                view = memoryview(piece)
                while view:
                    written = os.pwrite(handle, view, offset)
                    offset, view = offset + written, view[written:]
                os.fdatasync(handle)
            finally:
                os.close(handle)
        if fresh:
            _sync_folder(target.parent)

    def read(self, key: str) -> bytes:
        """Return all bytes of a small file; NotFound when it is not there."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError as error:
            raise NotFound() from error

    def measure(self, key: str) -> Stored:
        """Measure a file of any size piece by piece; NotFound when it is not there."""
        measure = _Measure()
        try:
            with self.path(key).open("rb") as source:
                while piece := source.read(1 << 20):
                    measure.add(piece)
        except FileNotFoundError as error:
            raise NotFound() from error
        return measure.taken()

    def sha256(self, key: str) -> str:
        """Hash a file of any size; raises as `measure`."""
        return self.measure(key).sha256

    def move(self, key: str, to: str) -> None:
        """Give a file another key without a second copy; doing it again is no error."""
        source, target = self.path(key), self.path(to)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
        except FileNotFoundError as error:
            if not target.is_file():
                raise NotFound() from error
        _sync_folder(target.parent)

    def delete(self, key: str) -> None:
        """Remove a file; removing it twice is no error."""
        self.path(key).unlink(missing_ok=True)

    def sweep(self, folder: str, older: float, is_wanted: Callable[[str], bool]) -> int:
        """Delete the files under a folder that nobody wants; return how many went.

        Files touched in the last `older` seconds are left alone: their rows may be on the way.
        Drafts that a crash left behind are never wanted.
        """
        root = self.path(f"{folder}/x").parent
        swept = 0
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            with suppress(FileNotFoundError):  # somebody else may be sweeping too
                if not path.is_file() or path.stat().st_mtime > time.time() - older:
                    continue
                if path.name.startswith(".") or not is_wanted(str(path.relative_to(root.parent))):
                    path.unlink()
                    swept += 1
        return swept

    def free(self) -> int:
        """Count the bytes that still fit."""
        root: Path = current_app.extensions["meetly_files"]
        root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(root).free


files = Files()


class _Measure:
    """Size and check sums of the pieces that went by."""

    def __init__(self) -> None:
        self._sha256, self._crc32, self._size = hashlib.sha256(), 0, 0

    def add(self, piece: bytes) -> None:
        self._sha256.update(piece)
        self._crc32 = zlib.crc32(piece, self._crc32)
        self._size += len(piece)

    def taken(self) -> Stored:
        return Stored(self._size, self._sha256.hexdigest(), self._crc32)


@contextmanager
def _full_disk_is_no_space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace() from error
        raise


def _sync_folder(folder: Path) -> None:
    # A rename is only safe once the folder that holds it is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
