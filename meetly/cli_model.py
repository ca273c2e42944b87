"""The commands for speech models: a form for the faster engine, and how fast they are here."""

from __future__ import annotations

from pathlib import Path

import click

from meetly.config import Config


@click.group()
def model() -> None:
    """Speech models."""


@model.command()
@click.argument("source")
@click.argument("out", type=click.Path(path_type=Path))
def convert(source: str, out: Path) -> None:
    """Write SOURCE as a folder OUT in the form of CTranslate2, which faster-whisper opens.

    \b
    SOURCE is a .pt checkpoint, a Hugging Face folder or a Whisper name. Nothing is fetched
    but a name; the weights stay what they are, in half precision.
    Meetly converts by itself what MEETLY_SPEECH_MODEL names; this is for other machines.
    """
    from workers.speech_model import speech_model
    from workers.whisper_checkpoint import checkpoint_of
    from workers.whisper_conversion import convert as write

    write(checkpoint_of(speech_model(source)), out)
    size = sum(file.stat().st_size for file in out.iterdir())
    click.echo(f"{out}: {size / 1e6:.0f} MB")


@model.command()
@click.argument("name", required=False)
def measure(name: str | None) -> None:
    """Try the engines with a model on this machine, and keep the fastest way.

    The worker does so by itself once for each model; this does it again. Takes about a minute
    with a small model while the machine does nothing else.
    """
    from workers.measurement import measure as try_out

    config = Config.from_environment()
    click.echo(try_out(config, name or config.speech_model).in_words)
