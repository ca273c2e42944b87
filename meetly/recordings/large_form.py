"""A form that carries a recording: read onto the disk as it arrives, never held in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

#: Fields and files of a form.
Content = tuple[MultiDict[str, str], MultiDict[str, FileStorage]]

#: Bytes of everything in the form but its files, and fields in it.
_MOST_TEXT, _MOST_PARTS = 1 << 20, 20


@contextmanager
def read(environ: Mapping[str, Any], folder: Path, most: int) -> Iterator[Content]:
    """Read fields and files of a multipart body of at most `most` bytes.

    The files lie nameless under `folder`, on the same disk as the store, and go at the end.
    Raises as werkzeug does: RequestEntityTooLarge, or ClientDisconnected when the line dropped.
    """
    folder.mkdir(parents=True, exist_ok=True)

    with ExitStack() as opened:

        def on_disk(*_: Any, **__: Any) -> IO[bytes]:
            return opened.enter_context(tempfile.TemporaryFile(dir=folder))

        parser = FormDataParser(
            stream_factory=on_disk,
            max_content_length=most,
            max_form_memory_size=_MOST_TEXT,
            max_form_parts=_MOST_PARTS,
            silent=False,
        )
        _, fields, files = parser.parse_from_environ(dict(environ))
        yield fields, files
