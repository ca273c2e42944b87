"""Count the words a speech engine invents in what is not speech, and the speech lost to the guard.

    python -m bench.invention [--seconds 20] [--model MODEL] [--quick]

For every sound of the test set: how much of it stands out from the room, how much of that counts as
speech, the chunks that reach the engine, the words it writes, and the words left without a mark.
Then the bundled briefing among noises: how much of its speech is found, and how many words are
taken for invented. --quick leaves the engine out. The last line is JSON: {"invented_unflagged",
"reaching_engine", "sounds", "speech_words", "false_alarms", "found_10db"}.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from meetly.paths import DEMO_DATA
from meetly.recordings.clip import wav
from meetly.recordings.sound import RATE
from meetly.transcripts import voice_activity
from meetly.transcripts.sentences import listen
from meetly.transcripts.splitting import split
from meetly.transcripts.transcriber import Heard, Transcriber
from meetly.transcripts.voice_activity import FRAMES_A_SECOND, SPEECH, VoiceActivity, speech_frames
from tests.transcripts import sounds
from workers.whisper_transcriber import WhisperTranscriber

NOISES = ("room", "hum", "typing", "chords", "band", "applause")
DECIBELS = (20, 10, 5)
#: Seconds of the briefing that the engine hears in each noise.
HEARD = 40


def main() -> None:
    """Print both tables and the line of JSON."""
    options = _options()
    ear = None if options.quick else WhisperTranscriber(options.model)
    told = {**_not_speech(ear, options.seconds), **_speech(ear)}
    _long_silence()
    print(json.dumps(told))


def _not_speech(ear: Transcriber | None, seconds: float) -> dict[str, float]:
    print(f"{'not speech':20s} stands out  speech  to engine  words  unflagged")
    unflagged = reaching = 0
    for name in sounds.SOUNDS:
        samples = sounds.beside_room(name, seconds)
        cuts, heard = _heard(ear, samples)
        words = sum(len(s.text.split()) for s in heard)
        invented = sum(len(s.text.split()) for s in heard if not s.suspicion)
        unflagged, reaching = unflagged + invented, reaching + bool(cuts)
        print(
            f"{name:20s} {_standing_out(samples):9.1%} {speech_frames(samples).mean():8.1%}"
            f" {cuts:9d} {words:7d} {invented:9d}"
        )
    return {
        "invented_unflagged": unflagged,
        "reaching_engine": reaching,
        "sounds": len(sounds.SOUNDS),
    }


def _speech(ear: Transcriber | None) -> dict[str, float]:
    said = sounds.briefing()
    clean = speech_frames(said)
    mixes = {f"{n}, {d} dB": (n, d) for n in NOISES for d in DECIBELS}
    print(f"\n{'the briefing among':20s}  found  pauses taken  words  taken for invented")
    words = alarms = 0
    found: list[float] = []
    for label, (name, decibels) in mixes.items():
        mixed = sounds.with_noise(said, sounds.SOUNDS[name](60), decibels)
        frames = speech_frames(mixed)
        part = mixed[: HEARD * RATE] if decibels >= 10 else mixed[:0]
        _, heard = _heard(ear, part) if len(part) else (0, [])
        here = sum(len(s.text.split()) for s in heard)
        lost = sum(len(s.text.split()) for s in heard if s.suspicion == "no_speech")
        words, alarms = words + here, alarms + lost
        found += [float(frames[clean].mean())] if decibels == 10 else []
        print(
            f"{label:20s} {frames[clean].mean():6.1%} {frames[~clean].mean():13.1%}"
            f" {here:6d} {lost:10d}"
        )
    far = speech_frames(sounds.distant(said))
    print(f"{'the far end of a hall':20s} {far[clean].mean():5.1%} {far[~clean].mean():13.1%}")
    return {
        "speech_words": words, "false_alarms": alarms, "found_10db": round(float(np.mean(found)), 3)
    }  # fmt: skip


def _long_silence() -> None:
    talk, quiet = 37 * 60, 2 * 3600
    activity = VoiceActivity()
    settled = [activity.listen(second) for second in sounds.talk_then_silence(talk, quiet)]
    frames = np.concatenate([*settled, activity.finish()]) > SPEECH
    after = frames[(talk + 5) * FRAMES_A_SECOND :]
    print(
        f"\n37 minutes of talk: {frames[: talk * FRAMES_A_SECOND].mean():.1%} speech; "
        f"two hours of an empty room after it: {int(after.sum())} frames of {len(after)}\n"
    )


def _heard(ear: Transcriber | None, samples: sounds.Samples) -> tuple[int, list[Heard]]:
    """Split and hear as the worker does; return how many chunks reached the engine and the text."""
    target, longest = (ear.target, ear.longest) if ear else (20.0, 29.5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        path.write_bytes(wav(samples))
        cuts = [c for c in split(path, target=target, longest=longest) if not c.is_empty]
        heard = [s for c in cuts for s in listen([c], ear, language="vi")] if ear else []
    return len(cuts), heard


def _standing_out(samples: sounds.Samples) -> float:
    """Return what would count as speech if being louder than the room were enough."""
    kept = voice_activity._has_voice
    voice_activity._has_voice = lambda seconds, index, voices: np.ones(  # type: ignore[assignment]
        len(seconds[index].levels), bool
    )
    try:
        return float(speech_frames(samples).mean())
    finally:
        voice_activity._has_voice = kept


def _options() -> argparse.Namespace:
    form = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each sound")
    parser.add_argument("--model", default=str(DEMO_DATA / "micro-vi.pt"), help="what hears")
    parser.add_argument("--quick", action="store_true", help="leave the engine out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
