"""`meetly check`: a doctor that says what is there, what is missing, and what to do about it."""

from __future__ import annotations

import importlib.util
import shutil
import smtplib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa

from meetly import paths
from meetly.config import Config
from meetly.errors import MeetlyError

LEAST_FREE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `advice` tells what to do when it is not well."""

    topic: str
    well: bool
    says: str
    advice: str = ""
    #: an optional part may be missing without the installation being ill
    optional: bool = False


@click.command()
def check() -> None:
    """Look this installation over: settings, database, speech, mail, disk, optional parts."""
    ill = False
    for finding in examine(Config.from_environment()):
        mark = "ok" if finding.well else ("--" if finding.optional else "!!")
        click.echo(f"{mark:>3}  {finding.topic:<12} {finding.says}")
        if not finding.well and finding.advice:
            click.echo(f"{'':<18}-> {finding.advice}")
        ill = ill or not (finding.well or finding.optional)
    sys.exit(1 if ill else 0)


def examine(config: Config) -> Iterator[Finding]:
    """Yield the findings in the order a doctor would look."""
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _data(config)
    yield from _database(config)
    yield _assets()
    yield _speech_engine()
    yield _speech_model(config)
    yield _mail(config)
    yield _address(config)
    yield _program("soffice", "PDF", "install LibreOffice: apt install libreoffice-writer")
    yield _program("pg_dump", "backup", "for PostgreSQL backups: apt install postgresql-client")


def _data(config: Config) -> Finding:
    folder = config.data.resolve()
    if not folder.is_dir():
        return Finding("data", False, f"{folder} is not there", "run: meetly init")
    free = shutil.disk_usage(folder).free
    return Finding(
        "data", free > LEAST_FREE, f"{folder}, {free / 1024**3:.1f} GB free",
        "make room: an hour of recording needs about 200 MB",
    )  # fmt: skip


def _database(config: Config) -> Iterator[Finding]:
    url = sa.make_url(config.database_url)
    if url.drivername == "sqlite" and not Path(url.database or "").is_file():
        yield Finding("database", False, "no tables yet", "run: meetly init")
        return
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection)
            if not tables.has_table("alembic_version"):
                yield Finding("database", False, "no tables yet", "run: meetly init")
                return
            at = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.SQLAlchemyError as error:
        shown = url.render_as_string(hide_password=True)
        yield Finding("database", False, f"{shown}: {error.__class__.__name__}",
                      "is the server up, and MEETLY_DATABASE right?")  # fmt: skip
        return
    finally:
        engine.dispose()
    newest = max(path.stem for path in (paths.MIGRATIONS / "versions").glob("*.py"))
    yield Finding("database", True, f"{url.get_backend_name()}, tables {at} (newest: {newest})")


def _assets() -> Finding:
    built = (paths.STATIC / "manifest.json").is_file()
    return Finding("assets", built, "built" if built else "not built", "run: make assets")


def _speech_engine() -> Finding:
    there = importlib.util.find_spec("whisper") is not None
    return Finding(
        "speech", there, "openai-whisper" if there else "no engine on this machine",
        "pip install 'meetly[speech]' (a machine that only serves pages can do without)",
        optional=True,
    )  # fmt: skip


def _speech_model(config: Config) -> Finding:
    from workers.whisper_transcriber import WhisperTranscriber

    try:
        engine = WhisperTranscriber(config.speech_model)
    except MeetlyError as error:
        return Finding("model", False, str(error), "set MEETLY_SPEECH_MODEL to a name or a path")
    bundled = Path(config.speech_model).parent == paths.DEMO_DATA
    note = " (bundled: understands only the synthesised demo voices)" if bundled else ""
    return Finding("model", True, f"{engine.name}{note}")


def _mail(config: Config) -> Finding:
    if not config.smtp_host:
        return Finding(
            "mail", False, "no server: mails wait in the outbox, the bell still rings",
            "set MEETLY_SMTP_HOST, MEETLY_SMTP_PORT, MEETLY_MAIL_FROM", optional=True,
        )  # fmt: skip
    where = f"{config.smtp_host}:{config.smtp_port}"
    try:
        with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=5) as server:
            server.noop()
    except OSError as error:
        return Finding("mail", False, f"{where}: {error}", "is the mail server reachable?")
    return Finding("mail", True, where)


def _address(config: Config) -> Finding:
    local = "127.0.0.1" in config.base_url or "localhost" in config.base_url
    return Finding(
        "address", config.secure or local, config.base_url,
        "set MEETLY_BASE_URL to the https:// address people use: cookies are then kept to HTTPS",
    )  # fmt: skip


def _program(name: str, gives: str, advice: str) -> Finding:
    where = shutil.which(name)
    return Finding(gives, bool(where), where or f"{name} is not installed", advice, optional=True)
