"""A few seconds cut out of a long recording, to be played beside a sentence or a direction."""

from __future__ import annotations

import io
import wave

import numpy as np

from meetly.errors import BadInput
from meetly.recordings.sound import RATE, Samples, Source, decode

#: Seconds of the longest clip.
LONGEST_CLIP = 120.0


class WrongStretch(BadInput):
    """The seconds asked for are not in the recording, or are too many."""

    code = "WRONG_STRETCH"
    message = (
        "Đoạn cần nghe phải nằm trong bản ghi và dài không quá %(seconds)s giây. "
        "Hãy chọn lại thời điểm bắt đầu và kết thúc."
    )


def clip(source: Source, start: float, end: float) -> bytes:
    """Return the sound from second `start` to `end` as a small WAV file.

    Jumps there rather than decoding what comes before. Ends early where the recording does.
    """
    if not 0 <= start < end <= start + LONGEST_CLIP:
        raise WrongStretch(seconds=round(LONGEST_CLIP))
    wanted = round((end - start) * RATE)
    pieces: list[Samples] = []
    for block in decode(source, start=start):
        pieces.append(block[:wanted])
        wanted -= len(pieces[-1])
        if not wanted:
            break
    if not pieces:
        raise WrongStretch(seconds=round(LONGEST_CLIP))
    return wav(np.concatenate(pieces))


def wav(samples: Samples) -> bytes:
    """Return 16 kHz mono samples as the bytes of a 16-bit WAV file."""
    whole = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(whole.tobytes())
    return file.getvalue()
