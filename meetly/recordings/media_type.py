"""What a browser should be told a recording is, judged by its first bytes."""

from __future__ import annotations

from meetly.recordings.formats import sniff

_TYPES = {
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "mov": "video/mp4",
    "matroska": "video/x-matroska",
}


def media_type(head: bytes) -> str:
    """Return the media type of a file beginning with `head`; raises as `formats.sniff`."""
    container = sniff(head)
    if container == "matroska" and b"webm" in head[:64]:
        return "video/webm"
    if container == "mov" and head[8:12] in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return _TYPES[container]
