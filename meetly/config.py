"""Every setting of Meetly: its environment name, its default, and one line why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import current_app

from meetly.errors import BadInput
from meetly.paths import DEMO_DATA

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Config:
    """Settings of one installation; `from_environment` reads MEETLY_<NAME IN CAPITALS>."""

    #: MEETLY_DATA: the one folder that holds database, files and secrets; back this up.
    data: Path = field(default_factory=lambda: Path("var"))
    #: MEETLY_DATABASE: SQLAlchemy URL; empty means SQLite inside `data`.
    database: str = ""
    #: MEETLY_SECRET: signs cookies and the audit chain; empty means kept in `data`/secret.
    secret: str = ""
    #: MEETLY_BASE_URL: the only address used in links sent to people (never the Host header).
    base_url: str = "http://127.0.0.1:8000"
    #: MEETLY_DEVELOPMENT: shows the living page /_components and reloads templates.
    development: bool = False
    #: MEETLY_SPEECH_MODEL: a Whisper name or a checkpoint's path; default: the bundled micro model.
    speech_model: str = str(DEMO_DATA / "micro-vi.pt")
    #: MEETLY_SPEECH_MODELS: further models a person may choose to hear a chunk again, with commas.
    speech_models: str = ""
    #: MEETLY_SPEECH_ENGINE: openai-whisper, faster-whisper, or auto for the fastest installed.
    speech_engine: str = "auto"
    #: MEETLY_SPEECH_COMPUTE: float32 or int8 (float16 on a graphics card); auto chooses.
    speech_compute: str = "auto"
    #: MEETLY_SPEECH_LANGUAGE: spoken language given to Whisper, never guessed from the sound.
    speech_language: str = "vi"
    #: MEETLY_SPEECH_THREADS: cores one speech process may use; 0 means all.
    speech_threads: int = 0
    #: MEETLY_SPEECH_PROCESSES: processes that listen at a time; 0 lets the machine choose.
    speech_processes: int = 0
    #: MEETLY_CHUNK_LEASE: seconds after which a silent worker's chunk is given to another.
    chunk_lease: int = 2 * MINUTE
    #: MEETLY_CHUNK_ATTEMPTS: a chunk that killed its worker this often is set aside.
    chunk_attempts: int = 3
    #: MEETLY_LONGEST_RECORDING: seconds of sound in one file; a small Ogg can hold days of silence.
    longest_recording: int = 12 * HOUR
    #: MEETLY_LARGEST_UPLOAD: bytes of one uploaded recording.
    largest_upload: int = 8 * 1024**3
    #: MEETLY_LARGEST_MATERIAL: bytes of one uploaded document.
    largest_material: int = 200 * 1024**2
    #: MEETLY_LARGEST_EVIDENCE: bytes of one photo or file sent with a report on a task.
    largest_evidence: int = 20 * 1024**2
    #: MEETLY_MOST_EVIDENCE: how many of them one report may bring.
    most_evidence: int = 10
    #: MEETLY_MATERIALS_QUOTA: bytes that the documents of one meeting may take, all versions.
    materials_quota: int = 4 * 1024**3
    #: MEETLY_SMTP_HOST: mail server; empty keeps mails in the outbox and says so.
    smtp_host: str = ""
    #: MEETLY_SMTP_PORT: its port.
    smtp_port: int = 25
    #: MEETLY_SMTP_USER: account at the mail server, if it wants one.
    smtp_user: str = ""
    #: MEETLY_SMTP_PASSWORD: its password.
    smtp_password: str = ""
    #: MEETLY_SMTP_STARTTLS: encrypt the connection before anything is said.
    smtp_starttls: bool = False
    #: MEETLY_MAIL_FROM: sender of every mail.
    mail_from: str = "meetly@localhost"
    #: MEETLY_MAIL_REPLIES: mailbox that takes hop+anything@...; empty: answers by mail go unread.
    mail_replies: str = ""
    #: MEETLY_IMAP_HOST: where that mailbox is read; empty when a pipe brings its mails.
    imap_host: str = ""
    #: MEETLY_IMAP_PORT: its port.
    imap_port: int = 993
    #: MEETLY_IMAP_USER: its account.
    imap_user: str = ""
    #: MEETLY_IMAP_PASSWORD: its password.
    imap_password: str = ""
    #: MEETLY_IMAP_SECURITY: tls, starttls, or plain (only on this machine).
    imap_security: str = "tls"
    #: MEETLY_IMAP_FOLDER: the folder of the replies.
    imap_folder: str = "INBOX"
    #: MEETLY_BBB_URL: BigBlueButton as `bbb-conf --secret` prints it; empty: not offered.
    bbb_url: str = ""
    #: MEETLY_BBB_SECRET: signs every call to it and proves what it reports.
    bbb_secret: str = ""
    #: MEETLY_BBB_CHECKSUM: how calls are signed: sha1 (old servers), sha256, sha384, sha512.
    bbb_checksum: str = "sha256"
    #: MEETLY_JITSI_URL: Jitsi Meet with token authentication; empty: not offered.
    jitsi_url: str = ""
    #: MEETLY_JITSI_APP_ID: what its Prosody calls us (app_id).
    jitsi_app_id: str = ""
    #: MEETLY_JITSI_SECRET: signs the tokens people enter with (app_secret).
    jitsi_secret: str = ""
    #: MEETLY_CALLBACK_SECRET: proves that Jitsi's events and recordings come from our own machines.
    callback_secret: str = ""
    #: MEETLY_PKCS11_LIBRARY: library of the token at the server (.so); empty: none is offered.
    pkcs11_library: str = ""
    #: MEETLY_TSA_URL: time-stamping authority (RFC 3161) asked at each signature; empty: none.
    tsa_url: str = ""
    #: MEETLY_TRUSTED_ROOTS: PEM file or folder of the roots the office trusts; empty: none.
    trusted_roots: str = ""
    #: MEETLY_LLM_URL: OpenAI-compatible address (http://127.0.0.1:11434/v1) asked to word drafts;
    #: empty: Meetly words them itself. What was spoken is sent there.
    llm_url: str = ""
    #: MEETLY_LLM_MODEL: the model's name there.
    llm_model: str = ""
    #: MEETLY_LLM_KEY: its key, if the server wants one.
    llm_key: str = ""
    #: MEETLY_LLM_TIMEOUT: seconds it may take over one paragraph.
    llm_timeout: int = MINUTE
    #: MEETLY_LLM_BUDGET: seconds it may take over a whole draft; the rest is worded by Meetly.
    llm_budget: int = 15 * MINUTE
    #: MEETLY_SESSION_IDLE: seconds without a click after which a session ends.
    session_idle: int = 2 * HOUR
    #: MEETLY_SESSION_IDLE_LEADER: the same for leaders, whose phones get left on tables.
    session_idle_leader: int = 15 * MINUTE
    #: MEETLY_SESSION_LONGEST: seconds after which every session ends.
    session_longest: int = 12 * HOUR

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Config:
        """Read the settings from the environment; `given` wins.

        Raises BadInput with the name of a variable that cannot be read.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            raw = environment.get(f"MEETLY_{setting.name.upper()}")
            if raw:
                values[setting.name] = _read(setting.name, str(setting.type), raw)
        return cls(**{**values, **given})

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in use; always psycopg 3 for PostgreSQL."""
        if not self.database:
            return f"sqlite:///{self.data.resolve() / 'meetly.db'}"
        return self.database.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def further_models(self) -> tuple[str, ...]:
        """The models a person may choose besides the one that is set."""
        return tuple(name for name in map(str.strip, self.speech_models.split(",")) if name)

    @property
    def secure(self) -> bool:
        """Whether people reach Meetly over HTTPS."""
        return self.base_url.startswith("https://")


def _read(name: str, kind: str, raw: str) -> Any:
    try:
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                raw.lower()
            ]
        return {"int": int, "Path": Path}.get(kind, str)(raw)
    except (KeyError, ValueError) as error:
        raise BadInput(
            "Không đọc được cấu hình MEETLY_%(name)s: %(value)s", name=name.upper(), value=raw
        ) from error


def settings() -> Config:
    """Return the settings of the application at work."""
    config: Config = current_app.extensions["meetly_config"]
    return config
