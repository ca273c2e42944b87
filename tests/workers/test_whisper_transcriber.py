"""openai-whisper's own code hears the sample with the bundled micro model, the same every time."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from itertools import pairwise
from pathlib import Path

import jiwer
import pytest

from meetly.errors import MeetlyError
from meetly.paths import DEMO_DATA
from meetly.recordings.clip import clip
from meetly.recordings.formats import NotThere, Silent
from meetly.transcripts.attribution import Talk
from meetly.transcripts.splitting import split
from tests.recordings import media
from workers import speech_model
from workers.dictation import Dictation, transcribe_file
from workers.whisper_transcriber import WhisperTranscriber

MICRO = DEMO_DATA / "micro-vi.pt"
SAMPLE = DEMO_DATA / "briefing.opus"
#: Seconds of the sample heard here: three speakers, a dozen sentences.
HEARD = 40.0


@pytest.fixture(scope="module")
def whisper() -> WhisperTranscriber:
    return WhisperTranscriber(str(MICRO))


@pytest.fixture(scope="module")
def excerpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "excerpt.wav"
    path.write_bytes(clip(SAMPLE, 0, HEARD))
    return path


@pytest.fixture(scope="module")
def talks() -> list[Talk]:
    events = json.loads((DEMO_DATA / "briefing.events.json").read_text(encoding="utf-8"))
    return [Talk(row["speaker"], row["start"], row["end"]) for row in events["talks"]]


@pytest.fixture(scope="module")
def told() -> list[tuple[float, float]]:
    """What was said about progress while `heard` was made."""
    return []


@pytest.fixture(scope="module")
def heard(
    whisper: WhisperTranscriber,
    excerpt: Path,
    talks: list[Talk],
    told: list[tuple[float, float]],
) -> Dictation:
    return transcribe_file(
        excerpt, whisper, "vi", talks, lambda done, all_: told.append((done, all_))
    )


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def test_an_excerpt_of_the_sample_becomes_its_sentences(
    heard: Dictation, talks: list[Talk]
) -> None:
    assert (heard.duration, heard.language, heard.model) == (HEARD, "vi", "micro-vi")
    said = [segment for segment in heard.segments if not segment.suspicion]
    script = (DEMO_DATA / "briefing.txt").read_text(encoding="utf-8").splitlines()[:11]
    wrong = jiwer.wer(plain(" ".join(script)), plain(" ".join(s.text for s in said)))
    assert wrong <= 0.15
    assert said[0].text.startswith("Kính thưa đồng chí Chủ tịch")
    assert said[0].speaker == talks[0].speaker
    assert {segment.speaker for segment in said} == {talk.speaker for talk in talks[:4]}
    for before, after in pairwise(said):
        assert 0 <= before.start <= before.end <= HEARD
        assert before.start <= after.start


def test_progress_rises_to_the_end(heard: Dictation, told: list[tuple[float, float]]) -> None:
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (heard.duration, heard.duration)


def test_the_same_sound_gives_the_same_words(
    heard: Dictation, excerpt: Path, talks: list[Talk]
) -> None:
    fresh = WhisperTranscriber(str(MICRO))
    assert transcribe_file(excerpt, fresh, "vi", talks) == heard


def test_a_model_of_our_own_making_takes_no_prompt(whisper: WhisperTranscriber) -> None:
    samples = next(split(SAMPLE, target=4, longest=8)).samples
    plainly = whisper.hear([samples], language="vi")
    assert plainly
    assert whisper.hear([samples], language="vi", prompt="Nậm Hoa, Đồi Thông") == plainly


def test_whatever_is_heard_in_noise_is_marked(whisper: WhisperTranscriber) -> None:
    for seed in range(3):
        [heard] = whisper.hear([media.noise(10, 0.02, seed)], language="vi")
        assert all(sentence.suspicion for sentence in heard)


def test_a_recording_in_which_nobody_speaks_gives_no_segments(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    path = media.record(tmp_path / "a.flac", media.noise(20, 0.01))
    heard = transcribe_file(path, whisper)
    assert heard.segments == ()
    assert heard.duration == pytest.approx(20)


def test_bad_recordings_are_refused_before_the_model_is_loaded(tmp_path: Path) -> None:
    idle = WhisperTranscriber(str(MICRO))
    with pytest.raises(NotThere):
        transcribe_file(tmp_path / "a.ogg", idle)
    with pytest.raises(Silent):
        transcribe_file(media.record(tmp_path / "a.ogg", media.silence(3)), idle)


def test_a_card_beside_the_model_says_how_long_a_chunk_it_hears_well(tmp_path: Path) -> None:
    model = tmp_path / "ours.pt"
    model.write_bytes(b"")
    default = WhisperTranscriber(str(model))
    assert (default.target, default.longest) == (9.0, 14.5)
    card = {"window": {"target": 20, "longest": 29.5}}
    model.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    ours = WhisperTranscriber(str(model))
    assert (ours.name, ours.target, ours.longest) == ("ours", 20.0, 29.5)
    assert WhisperTranscriber("small").longest == 14.5


@pytest.mark.parametrize("model", ["/nowhere/micro.pt", "micro.pt", "no/such/model"])
def test_a_checkpoint_that_is_not_there_is_missed_at_once(model: str) -> None:
    with pytest.raises(speech_model.ModelNotThere, match=model):
        WhisperTranscriber(model)


def test_a_name_whisper_does_not_know_is_refused() -> None:
    with pytest.raises(speech_model.ModelNotThere, match="phowhisper"):
        WhisperTranscriber("phowhisper").load()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\3\4" + bytes(100)])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(content)
    with pytest.raises(speech_model.ModelUnusable, match="broken"):
        WhisperTranscriber(str(path)).load()


def test_a_model_that_cannot_be_fetched_says_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies it began with
    for proxy in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(speech_model.ModelNotFetched, match=str(tmp_path / "whisper")):
        WhisperTranscriber("tiny").load()


def test_every_refusal_is_one_plain_sentence_and_more() -> None:
    for refusal in (
        speech_model.ModelNotThere(model="x"),
        speech_model.ModelUnusable(model="x"),
        speech_model.ModelNotFetched(model="x", folder="y"),
        speech_model.SpeechNotInstalled(),
    ):
        assert isinstance(refusal, MeetlyError)
        assert "%(" not in str(refusal)


def test_nothing_heavy_is_imported_before_something_is_heard() -> None:
    program = (
        "import sys; import workers.dictation; from workers.whisper_transcriber import *\n"
        "WhisperTranscriber(sys.argv[1])\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'whisper', 'numba', 'flask')))\n"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program, str(MICRO)], cwd=root).returncode == 0
