"""Put the house together; the one file that knows every room."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from flask import Flask
from flask_babel import get_locale
from flask_migrate import upgrade

from meetly import paths, sqlite, web
from meetly.accounts import access, sessions
from meetly.config import Config
from meetly.extensions import api, babel, compress, csrf, db, login, migrate
from meetly.storage import files


def create_app(config: Config | None = None) -> Flask:
    """Return an application with these settings; the environment's when none are given."""
    config = config or Config.from_environment()
    config.data.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "meetly",
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
    )
    _configure(app, config)
    files.init_app(app, config.data.resolve() / "files")
    db.init_app(app)
    migrate.init_app(app, db, directory=str(paths.MIGRATIONS))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=web.reader_language)
    sessions.init_app(app, login)
    api.init_app(app)
    compress.init_app(app)
    with app.app_context():
        sqlite.tune(db.engine)
    web.init_app(app)
    access.guard(app)
    _open_rooms(app)
    app.jinja_env.globals["locale"] = lambda: str(get_locale())
    return app


def prepare_tables() -> None:
    """Bring the database to the newest version of its tables."""
    upgrade()


def _configure(app: Flask, config: Config) -> None:
    app.extensions["meetly_config"] = config
    app.config.update(
        SECRET_KEY=config.secret or _kept_secret(config.data),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        MAX_CONTENT_LENGTH=config.largest_material + (1 << 20),
        SESSION_COOKIE_NAME="__Host-meetly" if config.secure else "meetly",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES=str(paths.TRANSLATIONS),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: nothing typed may be lost to a timer
        TEMPLATES_AUTO_RELOAD=config.development,
        DEVELOPMENT=config.development,
        # Pages and JSON only: recordings and materials are sent as they lie on the disk.
        COMPRESS_MIMETYPES=["text/html", "application/json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,
        API_TITLE="Meetly",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )


def _kept_secret(folder: Path) -> str:
    # Made once per installation; losing it signs everyone out and breaks the audit chain.
    path = folder / "secret"
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as fresh:
            fresh.write(secrets.token_hex(32))
    return path.read_text().strip()


def _open_rooms(app: Flask) -> None:
    # Imported here: the forms of a room ask the extensions, which are made but not yet bound above.
    from meetly.accounts import routes as accounts
    from meetly.api import routes as programs
    from meetly.directions import routes as directions
    from meetly.materials import routes as materials
    from meetly.materials.packs import routes as packs  # noqa: F401 - joins the materials
    from meetly.materials.reports import routes as reports  # noqa: F401 - joins the materials
    from meetly.materials.uploads import routes as uploads  # noqa: F401 - joins the materials
    from meetly.materials.viewing import routes as viewing  # noqa: F401 - joins the materials
    from meetly.meetings import routes as meetings
    from meetly.meetings.answers import routes as answers  # noqa: F401 - joins the meetings
    from meetly.meetings.calendars import routes as calendars  # noqa: F401 - joins the meetings
    from meetly.meetings.conference import routes as conference  # noqa: F401 - joins the meetings
    from meetly.meetings.papers import routes as papers  # noqa: F401 - joins the meetings
    from meetly.meetings.series import routes as series  # noqa: F401 - joins the meetings
    from meetly.minutes import routes as minutes
    from meetly.minutes.desk import routes as desk  # noqa: F401 - joins the minutes
    from meetly.minutes.distribution import routes as distribution  # noqa: F401 - joins the minutes
    from meetly.minutes.issuing import routes as issuing  # noqa: F401 - joins the minutes
    from meetly.minutes.office_templates import routes as forms  # noqa: F401 - joins the minutes
    from meetly.minutes.printing import routes as printing  # noqa: F401 - joins the minutes
    from meetly.minutes.signing import routes as signing  # noqa: F401 - joins the minutes
    from meetly.minutes.word_files import routes as word_files  # noqa: F401 - joins the minutes
    from meetly.notices import routes as notices
    from meetly.overview import routes as overview
    from meetly.recordings import routes as recordings
    from meetly.register import routes as register
    from meetly.tasks import routes as tasks
    from meetly.tasks.carried import routes as carried  # noqa: F401 - joins the tasks
    from meetly.tasks.confirming import routes as confirming  # noqa: F401 - joins the tasks
    from meetly.tasks.extending import routes as extending  # noqa: F401 - joins the tasks
    from meetly.tasks.importing import routes as importing  # noqa: F401 - joins the tasks
    from meetly.tasks.reminding import routes as reminding  # noqa: F401 - joins the tasks
    from meetly.tasks.scoring import routes as scoring  # noqa: F401 - joins the tasks
    from meetly.tasks.standing import routes as standing  # noqa: F401 - joins the tasks
    from meetly.transcripts.desk import routes as transcripts  # with it, all routes of the room
    from meetly.transcripts.takes import routes as takes  # noqa: F401 - joins the transcripts

    for room in (
        accounts, notices, register, meetings, materials, recordings, transcripts, minutes,
        directions, tasks, overview,
    ):  # fmt: skip
        app.register_blueprint(room.blueprint)
    api.register_blueprint(programs.blueprint)
