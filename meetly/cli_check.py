"""`meetly check`: a doctor that says what is there, what is missing, and what to do about it."""

from __future__ import annotations

import shutil
import smtplib
import subprocess
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
    yield _speech_engine(config)
    yield _speech_model(config)
    yield _speech_pace(config)
    yield _mail(config)
    yield _replies(config)
    yield from _conferences(config)
    yield _language_model(config)
    yield _address(config)
    yield _program(
        "soffice",
        "PDF",
        "install LibreOffice: apt install libreoffice-writer libreoffice-calc libreoffice-impress",
    )
    yield from _typeface()
    yield _program("pg_dump", "backup", "for PostgreSQL backups: apt install postgresql-client")


def _typeface() -> Iterator[Finding]:
    """Look which face stands in for Times New Roman; prints by another miss the decree."""
    asker = shutil.which("fc-match")
    if asker is None or shutil.which("soffice") is None:
        return
    command = [asker, "--format=%{family}", "Times New Roman"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    face = found.stdout.partition(",")[0].strip()
    fits = face in ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes")
    advice = "install a face as wide as Times New Roman: apt install fonts-liberation"
    yield Finding("typeface", fits, face or "none", advice, optional=True)


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


def _speech_engine(config: Config) -> Finding:
    from workers import engines

    there = [kind for kind in engines.ENGINES if engines.is_installed(kind)]
    advice = "pip install 'meetly[speech]' (a machine that only serves pages can do without)"
    if not there:
        return Finding("speech", False, "no engine on this machine", advice, optional=True)
    try:
        used = engines.choose(config.speech_engine)
    except MeetlyError as error:
        return Finding("speech", False, str(error), "set MEETLY_SPEECH_ENGINE=auto")
    others = [kind for kind in there if kind != used]
    rest = f" (also there: {', '.join(others)})" if others else ""
    return Finding("speech", True, f"{used}{rest}")


def _speech_model(config: Config) -> Finding:
    from workers.speech_model import speech_model

    try:
        model = speech_model(config.speech_model)
    except MeetlyError as error:
        return Finding("model", False, str(error), "set MEETLY_SPEECH_MODEL to a name or a path")
    bundled = Path(config.speech_model).parent == paths.DEMO_DATA
    note = " (bundled: understands only the synthesised demo voices)" if bundled else ""
    return Finding("model", True, f"{model.name}{note}")


def _speech_pace(config: Config) -> Finding:
    from workers.measurement import stored

    known = stored(config, config.speech_model)
    return Finding(
        "pace", known is not None, known.in_words if known else "not measured on this machine yet",
        "the worker measures it when it starts, or run: meetly model measure", optional=True,
    )  # fmt: skip


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


def _replies(config: Config) -> Finding:
    from meetly.meetings.calendars import tokens

    if not config.mail_replies:
        return Finding(
            "replies", False, "answers of calendars by mail are not read; links in mails work",
            "set MEETLY_MAIL_REPLIES, see docs/calendars.md", optional=True,
        )  # fmt: skip
    if not tokens.is_mailbox(config.mail_replies):
        return Finding(
            "replies", False, f"{config.mail_replies} is no mail address",
            "set MEETLY_MAIL_REPLIES to one like hop@tinh.gov.vn",
        )  # fmt: skip
    way = f"read at {config.imap_host}:{config.imap_port}" if config.imap_host else "by a pipe"
    return Finding("replies", True, f"{config.mail_replies}, {way}")


def _conferences(config: Config) -> Iterator[Finding]:
    from meetly.meetings.conference.registry import MAKERS

    for name, make in MAKERS.items():
        try:
            engine = make(config)
        except MeetlyError as error:
            yield Finding("conference", False, f"{name}: {error}", "see docs/conferences.md")
            continue
        if engine:
            health = engine.check()
            yield Finding(
                "conference", health.well, f"{name}: {health.says}",
                "is the server up, and address and secret right? see docs/conferences.md",
            )  # fmt: skip


def _language_model(config: Config) -> Finding:
    from meetly.minutes.rewording import Prompt
    from workers import language_model
    from workers.language_model import ModelDown

    advice = "set MEETLY_LLM_URL and MEETLY_LLM_MODEL, see docs/running.md; drafts do without"
    try:
        model = language_model.configured(config)
        if model is None:
            return Finding("drafts", True, "worded by Meetly itself, nothing leaves this machine")
        model.ask(Prompt("Trả lời bằng JSON.", '{"sentences": ["Tốt."]}'), 20)
    except (MeetlyError, ModelDown) as error:
        return Finding("drafts", False, str(error), advice, optional=True)
    return Finding("drafts", True, f"worded by {model.model}; what is spoken goes to {model.host}")


def _address(config: Config) -> Finding:
    local = "127.0.0.1" in config.base_url or "localhost" in config.base_url
    return Finding(
        "address", config.secure or local, config.base_url,
        "set MEETLY_BASE_URL to the https:// address people use: cookies are then kept to HTTPS",
    )  # fmt: skip


def _program(name: str, gives: str, advice: str) -> Finding:
    where = shutil.which(name)
    return Finding(gives, bool(where), where or f"{name} is not installed", advice, optional=True)
