"""Cut training windows out of the bank, as Meetly cuts recordings: at the pauses.

A window holds a few sentences (or parts of sentences) with silences between them, and the tokens
Whisper should answer: start, text, end of each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from whisper.audio import mel_filters

from training.bank import Sentence, Word, read_shard
from training.micro_model import (
    FIRST_MOMENT,
    START,
    TOKENIZER,
    TRANSCRIBE,
    VIETNAMESE,
    MicroWhisper,
    tokens_of,
)
from training.speech_synthesis import SAMPLE_RATE
from training.spoken_form import as_whisper_writes

_WHOLE = 30.0  #: seconds Whisper looks at
_BREATHLESS_SHARE = 0.12  #: windows cut where nobody paused
_ANYWHERE_SHARE = 0.5  #: batches taught at some other place than the beginning
_SILENT_SHARE = 0.02  #: windows with noise only, so that silence stays silent
IGNORED = -100  #: a place that counts in no loss


@dataclass(frozen=True)
class Part:
    """A sentence, or what lies between two of its pauses."""

    samples: NDArray[np.int16]
    words: list[Word]
    phonemes: list[tuple[str, float]]
    is_cut_off: bool = False  #: the window ends while it is being said

    @property
    def duration(self) -> float:
        """Tell how long it lasts, in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass
class Window:
    """Sound with the tokens wanted for it; spans say where each token is heard (seconds)."""

    samples: NDArray[np.float32]
    tokens: list[int]
    spans: list[tuple[float, float] | None]
    phonemes: list[tuple[int, float]] = field(default_factory=list)
    syllables: list[tuple[int, float, float]] = field(default_factory=list)
    silent: bool = False

    @property
    def duration(self) -> float:
        """Tell how long it lasts, in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Batch:
    """Windows of one length, ready for the model."""

    spectrogram: Tensor
    given: Tensor
    wanted: Tensor
    earliest: Tensor
    latest: Tensor
    phonemes: Tensor
    syllables: Tensor
    #: position of the first frame: short windows are taught at any place of Whisper's 30 s
    first: int


class Bank:
    """All shards spoken so far."""

    def __init__(
        self, folder: Path, model: MicroWhisper, phonemes: list[str], syllables: list[str]
    ) -> None:
        self._folder = folder
        self._model = model
        self._seen: set[Path] = set()
        self._sentences: list[tuple[NDArray[np.int16], Sentence]] = []
        self._phonemes = {name: number for number, name in enumerate(phonemes)}
        self._syllables = {name: number for number, name in enumerate(syllables)}
        self.refresh()

    def refresh(self) -> None:
        """Read the shards that have come since."""
        for listing in sorted(set(self._folder.glob("*.json")) - self._seen):
            samples, sentences = read_shard(listing.with_suffix(".npy"))
            for one in sentences:
                # Whisper is taught what its decoder lets through, not what officials write
                words = [replace(word, text=as_whisper_writes(word.text)) for word in one.words]
                if all(self._model.can_write(word.text) for word in words):
                    self._sentences.append((samples, replace(one, words=words)))
            self._seen.add(listing)

    def __len__(self) -> int:
        return len(self._sentences)

    def part(self, chance: random.Random, *, whole: bool) -> Part:
        """Draw a sentence, or its part after one of its pauses, seldom after any word."""
        samples, sentence = self._sentences[chance.randrange(len(self._sentences))]
        start, first = 0.0, 0
        if not whole and sentence.pauses:
            first, silent_from, start = chance.choice(sentence.pauses)
            start = chance.uniform(silent_from, start)
        elif not whole and chance.random() < _BREATHLESS_SHARE:
            first = chance.randrange(len(sentence.words))
            start = sentence.words[first].start
        return _slice(samples, sentence, first, len(sentence.words), start, sentence.duration)

    def beginning(self, chance: random.Random, longest: float) -> Part | None:
        """Draw a sentence that has a pause soon enough, up to that pause; seldom up to any word."""
        for _ in range(20):
            samples, sentence = self._sentences[chance.randrange(len(self._sentences))]
            if chance.random() < _BREATHLESS_SHARE:
                heard = sum(word.end < longest for word in sentence.words[:-1])
                if heard:
                    end = sentence.words[heard - 1].end
                    return _slice(samples, sentence, 0, heard, 0.0, end)
            fitting = [pause for pause in sentence.pauses if pause[1] + 0.02 < longest]
            if fitting:
                last, silent_from, _ = fitting[-1]
                return _slice(samples, sentence, 0, last, 0.0, silent_from + 0.02)
        return None

    def unfinished(self, chance: random.Random, length: float) -> Part | None:
        """Draw a sentence longer than that and break it off wherever it is by then."""
        for _ in range(20):
            samples, sentence = self._sentences[chance.randrange(len(self._sentences))]
            if sentence.duration > length + 0.1:
                heard = sum(word.end <= length for word in sentence.words)
                part = _slice(samples, sentence, 0, heard, 0.0, length)
                return replace(part, is_cut_off=True)
        return None

    def phoneme(self, name: str) -> int:
        """Number a phoneme; strangers share the last number."""
        return self._phonemes.get(name, len(self._phonemes))

    def syllable(self, word: str) -> int:
        """Number a common word of one syllable; figures and strangers are ignored."""
        return self._syllables.get(plain(word), IGNORED)


def plain(word: str) -> str:
    """Take a written word without case and punctuation."""
    return word.strip(".,;:?!").lower()


def _slice(
    samples: NDArray[np.int16], whole: Sentence, first: int, last: int, start: float, end: float
) -> Part:
    begin = whole.offset + int(start * SAMPLE_RATE)
    words = [
        Word(word.text, max(0.0, word.start - start), min(word.end, end) - start)
        for word in whole.words[first:last]
    ]
    phonemes = [(name, at - start) for name, at in whole.phonemes if start <= at < end]
    cut = samples[begin : whole.offset + int(end * SAMPLE_RATE)]
    return Part(cut, words, phonemes)


def make_window(bank: Bank, chance: random.Random, longest: float) -> Window:
    """Fill a window with speech up to some length, as between two cuts at pauses."""
    if chance.random() < _SILENT_SHARE:
        quiet = np.zeros(int(chance.uniform(0.5, longest) * SAMPLE_RATE), np.float32)
        tokens = [START, VIETNAMESE, TRANSCRIBE, FIRST_MOMENT]
        return _noisy(Window(quiet, tokens, [None] * 4, silent=True), chance)
    parts = _fill(bank, chance, longest, last=0.6)
    start, part = parts[-1]
    end = min(longest, start + part.duration + chance.uniform(0, 0.5))
    return _assemble(bank, parts, end, chance)


def make_full_window(bank: Bank, chance: random.Random) -> Window:
    """Fill Whisper's whole 30 s and break the last sentence off, as reading a long file does.

    A sentence that is broken off gets no end, so that Whisper reads it again from its beginning.
    """
    parts = _fill(bank, chance, _WHOLE, last=0.0)
    start = parts[-1][0] + parts[-1][1].duration + chance.uniform(0.2, 0.8)
    cut = bank.unfinished(chance, _WHOLE - start) if start < _WHOLE - 0.3 else None
    if cut is not None:
        parts.append((start, cut))
    return _assemble(bank, parts, _WHOLE, chance)


def _fill(
    bank: Bank, chance: random.Random, longest: float, *, last: float
) -> list[tuple[float, Part]]:
    """Line up sentences with pauses; `last` is how often a last one is broken at its pause."""
    clock = chance.choice((0.0, chance.uniform(0, 0.3), chance.uniform(0, 0.8)))
    gap = chance.choice((0.25, 0.4, 0.8))
    parts: list[tuple[float, Part]] = []
    while True:
        part = bank.part(chance, whole=bool(parts) or chance.random() < 0.65)
        if clock + part.duration > longest:
            cut = bank.beginning(chance, longest - clock) if chance.random() < last else None
            if cut is not None:
                parts.append((clock, cut))
            elif not parts:
                continue
            return parts
        parts.append((clock, part))
        clock += part.duration + 0.2 + chance.expovariate(1 / gap)
        if chance.random() < 0.12 * min(1.0, 8 / longest):
            return parts


def _assemble(
    bank: Bank, parts: list[tuple[float, Part]], end: float, chance: random.Random
) -> Window:
    samples = np.zeros(int(end * SAMPLE_RATE) + 1, np.float32)
    window = Window(samples, [START, VIETNAMESE, TRANSCRIBE], [None] * 3)
    loudness = chance.uniform(0.5, 1.2)
    timed = end == _WHOLE or chance.random() > 0.1
    if not timed:
        window.tokens.append(TOKENIZER.no_timestamps)
        window.spans.append(None)
    for start, part in parts:
        at = int(start * SAMPLE_RATE)
        sound = part.samples[: len(samples) - at].astype(np.float32) / 32768
        samples[at : at + len(sound)] += sound * loudness * chance.uniform(0.75, 1.2)
        if timed:
            _add_moment(window, start)
        for word in part.words:
            for token in tokens_of(word.text):
                window.tokens.append(token)
                window.spans.append((start + word.start - 0.05, start + word.end + 0.05))
            window.syllables.append(
                (bank.syllable(word.text), start + word.start, start + word.end)
            )
        if timed and not part.is_cut_off:
            _add_moment(window, start + part.duration)
        window.phonemes += [(bank.phoneme(name), start + moment) for name, moment in part.phonemes]
        window.phonemes.append((bank.phoneme(""), start + part.duration))
    return _noisy(window, chance)


def _add_moment(window: Window, moment: float) -> None:
    window.tokens.append(FIRST_MOMENT + min(1500, round(moment * 50)))
    window.spans.append((moment - 0.15, moment + 0.15))


def _noisy(window: Window, chance: random.Random) -> Window:
    """Add room noise (hiss, or louder in the low tones) and finish the answer."""
    window.tokens.append(TOKENIZER.eot)
    window.spans.append(None)
    below = chance.choice(
        (None, chance.uniform(12, 25), chance.uniform(20, 40), chance.uniform(25, 45))
    )
    if below is not None:
        noises = _noises()
        noise = noises[chance.randrange(len(noises))]
        at = chance.randrange(len(noise) - len(window.samples))
        level = 0.08 * 10 ** (-below / 20)
        window.samples += noise[at : at + len(window.samples)] * np.float32(level)
    return window


_NOISES: list[NDArray[np.float32]] = []


def _noises() -> list[NDArray[np.float32]]:
    if not _NOISES:
        hiss = np.random.default_rng(1).standard_normal(SAMPLE_RATE * 90)
        spectrum = np.fft.rfft(hiss)
        for slope in (0.0, 0.5, 0.8):
            noise = np.fft.irfft(spectrum / (np.arange(len(spectrum)) + 30.0) ** slope, len(hiss))
            _NOISES.append((noise / noise.std()).astype(np.float32))
    return _NOISES


_FILTERS: Tensor = mel_filters("cpu", 80)
_HANN = torch.hann_window(400)


def spectrogram(samples: NDArray[np.float32], frames: int) -> Tensor:
    """Make Whisper's log-mel spectrogram of a window, with zeros after its end as Whisper pads."""
    padded = torch.from_numpy(np.pad(samples, (0, SAMPLE_RATE // 2)))
    power = torch.stft(padded, 400, 160, window=_HANN, return_complex=True)[:, :-1].abs() ** 2
    mel = (_FILTERS @ power).clamp(min=1e-10).log10()
    mel = (torch.maximum(mel, mel.max() - 8.0) + 4.0) / 4.0
    out = torch.zeros(80, frames)
    kept = min(frames, len(samples) // 160)
    out[:, :kept] = mel[:, :kept]
    return out


def make_batch(
    bank: Bank, model: MicroWhisper, chance: random.Random, longest: float, size: int, frame: float
) -> Batch:
    """Cut a batch of windows, each up to `longest` seconds, padded to at least `frame` seconds.

    With Whisper's whole 30 s, every other window breaks its last sentence off.
    """
    windows = [
        make_full_window(bank, chance)
        if longest == _WHOLE and chance.random() < 0.5
        else make_window(bank, chance, longest * chance.uniform(0.8, 1.0))
        for _ in range(size)
    ]
    seconds = max(frame, *(window.duration for window in windows))
    steps = min(1500, int(seconds * 50) + 1)
    length = max(len(window.tokens) for window in windows) - 1
    first = chance.randrange(1501 - steps) if chance.random() < _ANYWHERE_SHARE else 0
    given = torch.full((size, length), model.index(TOKENIZER.eot))
    wanted = torch.full((size, length), IGNORED)
    earliest, latest = torch.zeros(size, length), torch.full((size, length), -1.0)
    phonemes = torch.full((size, steps), bank.phoneme(""))
    syllables = torch.full((size, steps), IGNORED)
    for row, window in enumerate(windows):
        tokens = [model.index(_later(token, first)) for token in window.tokens[:449]]
        given[row, : len(tokens) - 1] = torch.tensor(tokens[:-1])
        wanted[row, : len(tokens) - 1] = torch.tensor(tokens[1:])
        if window.silent:  # Whisper reads the chance of silence where it reads the language
            wanted[row, 0] = model.index(TOKENIZER.no_speech)
        for place, span in enumerate(window.spans[1 : length + 1]):
            if span is not None:
                earliest[row, place], latest[row, place] = span[0] * 50, span[1] * 50
        for (number, start), (_, end) in _pairs(window.phonemes):
            phonemes[row, max(0, int(start * 50)) : max(0, int(end * 50))] = number
        for number, start, end in window.syllables:
            syllables[row, max(0, int(start * 50)) : max(0, int(end * 50))] = number
    sound = torch.stack([spectrogram(window.samples, steps * 2) for window in windows])
    return Batch(sound, given, wanted, earliest, latest, phonemes, syllables, first)


def _later(token: int, frames: int) -> int:
    """Move a timestamp by as many frames (20 ms); other tokens stay what they are."""
    return min(token + frames, FIRST_MOMENT + 1500) if token >= FIRST_MOMENT else token


def _pairs(
    phonemes: list[tuple[int, float]],
) -> Iterator[tuple[tuple[int, float], tuple[int, float]]]:
    return pairwise(phonemes)
