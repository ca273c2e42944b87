"""The tus 1.0 protocol for uploads that resume: its headers, and its requests for any room."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote

from flask import Response, jsonify, request
from flask_babel import gettext

from meetly import arriving, web
from meetly.arriving import Arriving
from meetly.errors import BadInput, MeetlyError, TooLarge
from meetly.extensions import db
from meetly.storage import files

View = TypeVar("View", bound=Callable[..., Any])

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = ("sha256", "sha1", "md5")
MEDIA_TYPE = "application/offset+octet-stream"
#: HTTP status of a piece whose checksum does not match
CHECKSUM_MISMATCH = 460
_LONGEST_METADATA = 8192


def metadata(header: str) -> dict[str, str]:
    """Read an Upload-Metadata header: keys with their values in base64, separated by commas."""
    if len(header) > _LONGEST_METADATA:
        raise BadInput
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadInput from error
    return found


def whole_number(header: str | None) -> int:
    """Read a header that must be a count of bytes."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 18:
        raise BadInput
    return int(header)


def http_date(moment: datetime) -> str:
    """Write a moment as HTTP headers want it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass
class Checksum:
    """The checksum a client promised for one piece."""

    algorithm: str
    promised: bytes

    @classmethod
    def read(cls, header: str) -> Checksum:
        """Read an Upload-Checksum header: an algorithm and a digest in base64."""
        algorithm, _, digest = header.partition(" ")
        if algorithm not in ALGORITHMS:
            raise BadInput
        try:
            return cls(algorithm, base64.b64decode(digest.strip(), validate=True))
        except binascii.Error as error:
            raise BadInput from error

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the pieces through; `holds` tells afterwards whether they were the promised ones."""
        digest = hashlib.new(self.algorithm, usedforsecurity=False)
        for piece in pieces:
            digest.update(piece)
            yield piece
        self._found = digest.digest()

    def holds(self) -> bool:
        """Say whether what passed through was what the client promised."""
        return self._found == self.promised

    def __post_init__(self) -> None:
        self._found = b""


# -- requests ----------------------------------------------------------------------------------


class Uploads(Protocol):
    """What a room does with its uploads for the person who asks; every verb but finish raises."""

    #: where pieces wait whose check sum is not known yet
    folder: str

    def largest(self) -> int:
        """Tell the most bytes one file may have."""

    def begin(self, told: dict[str, str], size: int) -> Arriving:
        """Admit an upload of `size` bytes, or raise."""

    def find(self, upload_id: str) -> Arriving:
        """Return an upload of this person; NotFound to others."""

    def append(self, upload_id: str, offset: int, piece: bytes) -> Arriving:
        """Put the next piece of an upload safely on disk."""

    def finish(self, upload: Any) -> bool:
        """Make a file of an upload all of whose bytes are here; False if there is nothing to do."""

    def cancel(self, upload_id: str) -> None:
        """Forget an upload that is not finished."""

    def is_open(self, upload: Any) -> bool:
        """Tell whether an upload can still be continued."""

    def address(self, upload: Any) -> str:
        """Return the address of an upload."""


class _Refused(BadInput):
    """All bytes are here and are nothing we take."""


def speaks(view: View) -> View:
    """Check the protocol's version, mark every answer with it, and say errors in JSON."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Response:
        if request.headers.get("Tus-Resumable") != VERSION:
            response = Response(status=HTTPStatus.PRECONDITION_FAILED)
            response.headers["Tus-Version"] = VERSION
        else:
            try:
                response = view(*args, **kwargs)
            except MeetlyError as error:
                response = _refusal(error)
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return cast(View, answer)


def _refusal(error: MeetlyError) -> Response:
    db.session.rollback()
    words = gettext(error.template, **error.values) if error.values else gettext(error.template)
    response: Response = jsonify(code=error.code, message=words)
    response.status_code = next(web.STATUS[k] for k in type(error).__mro__ if k in web.STATUS)
    if isinstance(error, _Refused):
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response


def abilities(uploads: Uploads) -> Response:
    """Tell an upload client what this server can do."""
    return Response(
        status=HTTPStatus.NO_CONTENT,
        headers={
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(uploads.largest()),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


def create(uploads: Uploads) -> Response:
    """Open an upload; nothing is sent yet."""
    told = metadata(request.headers.get("Upload-Metadata", ""))
    upload = uploads.begin(told, whole_number(request.headers.get("Upload-Length")))
    db.session.commit()
    response = _standing(uploads, upload, HTTPStatus.CREATED)
    response.headers["Location"] = uploads.address(upload)
    return response


def tell(uploads: Uploads, upload_id: str) -> Response:
    """Tell how many bytes of an upload are safe; of one that was refused, also why."""
    upload = uploads.find(upload_id)
    response = _standing(uploads, upload, HTTPStatus.OK)
    response.headers["Upload-Length"] = str(upload.size)
    if upload.refusal:
        response.headers["Upload-Refusal"] = quote(web.spoken(upload.refusal))
    return response


def proceed(uploads: Uploads, upload_id: str) -> Response:
    """Take more bytes; each piece is safe on disk before the next one is read.

    The view is exempt from the check against forgery, which is made here, once the body may be as
    large as a file.
    """
    request.max_content_length = None
    web.refuse_forged()
    if request.mimetype != MEDIA_TYPE:
        return Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    offset = whole_number(request.headers.get("Upload-Offset"))
    upload = uploads.find(upload_id)
    db.session.commit()  # no transaction stays open while a slow line delivers
    left = upload.size - offset
    if (request.content_length or 0) > left:
        raise TooLarge()
    pieces = arriving.pieces(cast(Any, request.stream), left)
    if promised := request.headers.get("Upload-Checksum"):
        checksum = Checksum.read(promised)
        kept = arriving.keep(uploads.folder, checksum.over(pieces))
        if not checksum.holds():
            files.delete(kept.key)
            return Response(status=CHECKSUM_MISMATCH)
        pieces = arriving.of_kept(kept)
    for piece in pieces:
        upload = uploads.append(upload_id, offset, piece)
        db.session.commit()
        offset += len(piece)
    settle(uploads, upload)
    return _standing(uploads, upload, HTTPStatus.NO_CONTENT)


def settle(uploads: Uploads, upload: Arriving) -> None:
    """Make a file of an upload whose bytes are all here; answers 422 when it was refused."""
    if uploads.finish(upload):
        db.session.commit()
        if upload.refusal:
            raise _Refused(web.spoken(upload.refusal))


def cancel(uploads: Uploads, upload_id: str) -> Response:
    """Forget an upload that is not finished."""
    uploads.cancel(upload_id)
    db.session.commit()
    return Response(status=HTTPStatus.NO_CONTENT)


def _standing(uploads: Uploads, upload: Arriving, status: HTTPStatus) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(upload.offset)
    if uploads.is_open(upload):
        response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response
