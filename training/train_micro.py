"""Train the micro Whisper: `python -m training.train_micro --bank bank --out run --minutes 90`.

It begins from an earlier checkpoint (`--begin`), writes `run/model.pt` (running mean of the
weights, loads with whisper.load_model) and `run/state.pt` every two minutes, and goes on from
there when started again.  New shards in the bank are taken in as they appear.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.multiprocessing.spawn import spawn
from torch.nn import functional

from training.bank import read_shard
from training.briefing_sentences import Briefing, written_sentences
from training.micro_model import MicroWhisper, as_checkpoint, begin_from_checkpoint, tokens_of
from training.spoken_form import as_whisper_writes
from training.windows import IGNORED, Bank, Batch, make_batch, plain

_SAVE_EVERY = 120.0
_TELL_EVERY = 50
_SECONDS_A_STEP = 48.0  #: of speech, for each process
_LONGEST_STEP = 5.0  #: seconds a step may count: being stopped for a while costs no time
_MEAN_DECAY = 0.998
_MEET_EVERY = 12
_SYLLABLES = 1500


@dataclass(frozen=True)
class Settings:
    """What one run is given."""

    bank: Path
    out: Path
    begin: Path | None
    minutes: float
    rate: float
    processes: int


def vocabulary(bank: Path, sentences: int = 60_000) -> list[int]:
    """List the tokens of the bank and of what else the grammar may say."""
    briefing = Briefing(random.Random("vocabulary"))
    texts = [*written_sentences(), *(briefing.sentence() for _ in range(sentences))]
    words = {word for text in texts for word in text.split()}
    for shard in bank.glob("*.npy"):
        words |= {word.text for one in read_shard(shard)[1] for word in one.words}
    words = {part for word in words for part in as_whisper_writes(word).split()}
    return sorted({token for word in words for token in tokens_of(word)})


def sounds(bank: Path) -> tuple[list[str], list[str]]:
    """List the phonemes and the commonest syllables of the first shards."""
    shards = sorted(bank.glob("*.json"))[:6]
    sentences = [one for shard in shards for one in read_shard(shard.with_suffix(".npy"))[1]]
    phonemes = sorted({name for one in sentences for name, _ in one.phonemes if name})
    words = Counter(plain(word.text) for one in sentences for word in one.words)
    spelt = [word for word, _ in words.most_common(_SYLLABLES * 2) if word.isalpha()]
    return phonemes, [word for word in spelt if word not in {"ubnd", "hđnd", "ha", "km"}][
        :_SYLLABLES
    ]


class Training:
    """One run: the model, its optimiser, the running mean, and where it stands."""

    def __init__(self, settings: Settings, rank: int) -> None:
        self.settings, self.rank = settings, rank
        self._state = settings.out / "state.pt"
        saved = torch.load(self._state, weights_only=True) if self._state.exists() else None
        known = saved["sounds"] if saved else sounds(settings.bank)
        self.phonemes: list[str] = known[0]
        self.syllables: list[str] = known[1]
        self.tokens: list[int] = saved["tokens"] if saved else vocabulary(settings.bank)
        self.model = MicroWhisper(self.tokens, len(self.phonemes) + 1, len(self.syllables))
        self.bank = Bank(settings.bank, self.model, self.phonemes, self.syllables)
        self.step, self.spent = 0, 0.0
        if saved is None and settings.begin is not None:
            begin_from_checkpoint(self.model, settings.begin)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.rate,
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        if saved is not None:
            self.model.load_state_dict(saved["model"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.step, self.spent = saved["step"], saved["spent"]
        self.mean = {name: value.clone() for name, value in self.model.state_dict().items()}
        if saved is not None:
            self.mean = saved["mean"]
        self.chance = random.Random(f"run {self.step} {rank}")

    @property
    def progress(self) -> float:
        """Tell which share of the time is spent."""
        return min(1.0, self.spent / (self.settings.minutes * 60))

    def batch(self) -> Batch:
        """Draw a batch: short windows to learn to hear, more and more whole ones of 30 s.

        Whole windows cost more and teach less, but only they teach to keep the place in them.
        """
        if self.chance.random() < 0.15 + 0.4 * self.progress:
            return make_batch(self.bank, self.model, self.chance, 30.0, 3, 30.0)
        longest = self.chance.uniform(3, 13)
        frame = longest + self.chance.choice((0.0, 0.0, 1.0, 3.0))
        size = max(3, min(24, round(_SECONDS_A_STEP / frame)))
        return make_batch(self.bank, self.model, self.chance, longest, size, frame)

    def losses(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Measure text, phonemes and attention; the two helpers fade out."""
        sound = self.model.encode(batch.spectrogram, batch.first)
        logits, looked = self.model.decode(batch.given, sound)
        text, right = self.model.loss(logits, batch.wanted)
        phoneme = functional.cross_entropy(
            self.model.phonemes(sound).flatten(0, 1), batch.phonemes.flatten()
        )
        syllable = functional.cross_entropy(
            self.model.syllables(sound[:, 1::3]).flatten(0, 1),
            batch.syllables[:, 1::3].flatten(),
            ignore_index=IGNORED,
        )
        guide = _attention_loss(looked, batch)
        fade = max(0.05, 0.6 * (1 - 1.3 * self.progress))
        told = {
            "text": text.item(),
            "right": right.item(),
            "phoneme": phoneme.item(),
            "syllable": syllable.item(),
            "attention": guide.item(),
        }
        return text + fade * (0.7 * phoneme + 0.7 * syllable + guide), told

    def learn(self) -> dict[str, float]:
        """Take one step."""
        rate = self.settings.rate * min(1.0, (self.step + 1) / 150)
        rate *= 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self.progress))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss, told = self.losses(self.batch())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        if self.step % _MEET_EVERY == 0:
            self._meet()
        decay = min(_MEAN_DECAY, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                self.mean[name].lerp_(value, 1 - decay)
        return told

    def _meet(self) -> None:
        """Average the weights, and the time spent, over all processes.

        Meeting only now and then lets each process work at its own pace on a busy machine.
        """
        weights = list(self.model.parameters())
        flat = torch.cat([torch.tensor([self.spent]), *(w.detach().flatten() for w in weights)])
        torch.distributed.all_reduce(flat)
        flat /= self.settings.processes
        self.spent = float(flat[0])
        parts = flat[1:].split_with_sizes([weight.numel() for weight in weights])
        with torch.no_grad():
            for weight, part in zip(weights, parts, strict=True):
                weight.copy_(part.view_as(weight))

    def save(self) -> None:
        """Write the checkpoint to ship and the state to go on from, each in one move."""
        everything = {
            "model": self.model.state_dict(),
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
            "tokens": self.tokens,
            "sounds": [self.phonemes, self.syllables],
            "step": self.step,
            "spent": self.spent,
        }
        shipped = as_checkpoint(self.mean, self.model.tokens)
        for path, content in ((self._state, everything), (self.settings.out / "model.pt", shipped)):
            torch.save(content, path.with_suffix(".new"))
            path.with_suffix(".new").rename(path)

    def run(self) -> None:
        """Learn until the time is spent."""
        last = saved = time.monotonic()
        told: list[dict[str, float]] = []
        while self.progress < 1 or self.step % _MEET_EVERY:
            told.append(self.learn())
            now = time.monotonic()
            self.spent, last = self.spent + min(now - last, _LONGEST_STEP), now
            if self.step % _TELL_EVERY == 0:
                self._tell(told)
                told.clear()
                self.bank.refresh()
            if self.rank == 0 and now - saved > _SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        if self.rank == 0:
            self.save()

    def _tell(self, told: list[dict[str, float]]) -> None:
        if self.rank == 0:
            means = {key: round(float(np.mean([one[key] for one in told])), 4) for key in told[0]}
            row = {"step": self.step, "minutes": round(self.spent / 60, 1), **means}
            with (self.settings.out / "log.jsonl").open("a", encoding="utf-8") as log:
                print(json.dumps(row | {"sentences": len(self.bank)}), file=log)


def _attention_loss(looked: list[Tensor], batch: Batch) -> Tensor:
    """Ask half of the heads to look where the word is heard."""
    frames = torch.arange(batch.spectrogram.shape[2] // 2)
    inside = (frames >= batch.earliest[..., None]) & (frames <= batch.latest[..., None])
    counts = inside.any(-1)
    total = torch.zeros(())
    for weights in looked:
        half = weights[:, : weights.shape[1] // 2].mean(1)
        hit = (half * inside).sum(-1).clamp(min=1e-4)
        total = total - (hit.log() * counts).sum() / counts.sum().clamp(min=1)
    return total


def _work(rank: int, settings: Settings) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    meeting = (settings.out / "meeting").absolute()
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{meeting}", rank=rank, world_size=settings.processes
    )
    Training(settings, rank).run()


def main() -> None:
    """Train for some minutes, or go on with a run that was stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--begin", type=Path, help="an earlier micro checkpoint")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--processes", type=int, default=2, help="one core each")
    settings = Settings(**vars(parser.parse_args()))
    settings.out.mkdir(parents=True, exist_ok=True)
    (settings.out / "meeting").unlink(missing_ok=True)
    spawn(  # type: ignore[no-untyped-call]
        _work, args=(settings,), nprocs=settings.processes
    )


if __name__ == "__main__":
    main()
