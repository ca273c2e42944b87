"""The `meetly` command: the door for operators and for other programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from babel.support import Translations

from meetly import paths
from meetly.config import Config
from meetly.errors import MeetlyError

Command = TypeVar("Command", bound=Callable[..., Any])

#: A site that downloads over a weak line holds a thread, which costs next to nothing meanwhile.
PROCESSES, THREADS = 2, 256
#: exit status for input or settings that cannot be used
REFUSED = 2


class Manual(click.Group):
    """A group whose help keeps the order of the work instead of the alphabet."""

    def list_commands(self, context: click.Context) -> list[str]:
        """List the commands as they were written."""
        return list(self.commands)


@click.group(
    cls=Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.version_option(package_name="meetly")
def meetly() -> None:
    """Meetly, the meeting office of a province.

    Schedules briefings, turns their recordings into transcripts and draft minutes, and follows
    every direction until it is done. Everything runs on this machine.

    \b
    First time here?
      meetly init          make the folder, the database and the first administrator
      meetly up            serve it at http://127.0.0.1:8000, web and worker together
      meetly check         what is configured, reachable, missing, and what to do
    \b
    Without a database, for scripts and other programs:
      meetly transcribe AUDIO --json
      meetly minutes AUDIO --title T --date 2026-11-23 --out FILE.docx
      meetly directions --date 2026-11-23 FILE
      meetly verify FILE.pdf

    Settings are environment variables named MEETLY_...; `meetly check` shows those in use.
    """


def main() -> None:
    """Run the command; a refusal is one sentence on standard error and exit status 2."""
    from meetly import cli_check, cli_demo, cli_mail, cli_model, cli_text, cli_verify

    for command in (
        cli_demo.demo, cli_check.check, cli_model.model, cli_text.transcribe, cli_text.minutes,
        cli_text.directions, cli_verify.verify, cli_mail.receive_mail,
    ):  # fmt: skip
        meetly.add_command(command)
    try:
        meetly.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone: `meetly ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MeetlyError as error:
        click.echo(f"meetly: {in_words(error)}", err=True)
        sys.exit(REFUSED)


def in_words(error: MeetlyError) -> str:
    """Say an error in the language of the terminal: Vietnamese unless LANG asks for English."""
    template = error.template
    if os.environ.get("LANG", "").startswith("en"):
        template = Translations.load(paths.TRANSLATIONS, ["en"]).gettext(template)
    return template % error.values if error.values else template


def with_house(command: Command) -> Command:
    """Run a command inside an application whose tables are there."""

    @wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        from meetly.app import create_app, prepare_tables

        app = create_app()
        with app.app_context():
            prepare_tables()
            return command(*args, **kwargs)

    return inside  # type: ignore[return-value]


@meetly.command()
@click.option("--admin", help="Login of the first administrator.")
@click.option("--unit", "unit_name", help="Name of the top unit, e.g. 'UBND tỉnh Lam Giang'.")
@click.password_option("--password", required=False, prompt=False, help="Their password.")
def init(admin: str | None, unit_name: str | None, password: str | None) -> None:
    """Make the data folder and the tables; with --admin and --unit also the first account."""
    from meetly.app import create_app, prepare_tables

    app = create_app()
    with app.app_context():
        prepare_tables()
        if admin and unit_name:
            _first_administrator(admin, unit_name, password)
    click.echo(f"Ready: {Config.from_environment().data.resolve()}")


def _first_administrator(login: str, unit_name: str, password: str | None) -> None:
    from meetly.accounts import service as accounts
    from meetly.accounts.models import Role, UnitKind
    from meetly.extensions import db

    word = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    unit = accounts.unit_by_code("ROOT") or accounts.add_unit(
        None, code="ROOT", name=unit_name, kind=UnitKind.PROVINCE
    )
    user = accounts.add_user(None, login=login, name=login, password=word)
    accounts.give_role(None, user, unit, Role.ADMIN)
    db.session.commit()


@meetly.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, help="Port to listen at.")
@click.option("--processes", default=PROCESSES, show_default=True, help="Processes that answer.")
@click.option(
    "--threads",
    default=THREADS,
    show_default=True,
    help="Requests each of them answers at once; one who downloads slowly holds one.",
)
def up(host: str, port: int, processes: int, threads: int) -> None:
    """Serve Meetly: web and worker together, until Ctrl+C."""
    from meetly.app import create_app, prepare_tables

    with create_app().app_context():
        prepare_tables()
        _greet(host, port)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    worker = subprocess.Popen([sys.executable, "-m", "workers"], env=environment)
    command = web_server(f"{host}:{port}", processes, threads)
    web = subprocess.Popen(command, env=environment)  # noqa: S603
    _wait_for_either(web, worker)


def web_server(address: str, processes: int = PROCESSES, threads: int = THREADS) -> list[str]:
    """Return the command that serves pages and files at an address."""
    return [
        sys.executable, "-m", "gunicorn", "--bind", address, "--worker-class",
        "meetly.serving.Worker", "--workers", str(processes), "--threads", str(threads),
        "--access-logfile", os.devnull, "--log-level", "warning",
        # its control socket lies in the home of whoever serves, which need not be writable
        "--no-control-socket", "meetly.app:create_app()",
    ]  # fmt: skip


def _wait_for_either(*children: subprocess.Popen[bytes]) -> None:
    # Whichever ends first takes the other along: half a Meetly is worse than none.
    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    with suppress(KeyboardInterrupt, ChildProcessError):
        os.wait()
    stop()
    for child in children:
        child.wait()


def _greet(host: str, port: int) -> None:
    from meetly.demo import province

    click.echo(f"Meetly: http://{host}:{port}   (Ctrl+C to stop)")
    accounts = province.demo_accounts()
    if accounts:
        click.echo(f"\nDemo accounts, password: {province.PASSWORD}\n")
        for user in accounts:
            roles = ", ".join(sorted(user.roles))
            click.echo(f"  {user.login:<15}{roles:<13}{user.name}, {user.position}")


@meetly.command()
def worker() -> None:
    """Run the worker alone: speech, drafts, mails, reminders. Same as `python -m workers`."""
    from workers.__main__ import main as work

    work()


@meetly.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Full name with diacritics.")
@click.option("--unit", "unit_code", required=True, help="Code of the unit they belong to.")
@click.option(
    "--role",
    type=click.Choice(["admin", "secretary", "leader", "participant"]),
    default="participant",
    show_default=True,
    help="What they may do there.",
)
@click.option("--position", default="", help="Post as written in documents.")
@click.option("--email", default="", help="Where mails go.")
@click.password_option(help="Asked for when not given.")
@with_house
def user_add(
    login: str, name: str, unit_code: str, role: str, position: str, email: str, password: str
) -> None:
    """Add a person LOGIN to a unit."""
    from meetly.accounts import service as accounts
    from meetly.accounts.models import Role
    from meetly.errors import NotFound
    from meetly.extensions import db

    unit = accounts.unit_by_code(unit_code)
    if unit is None:
        raise NotFound("Không có đơn vị mang mã %(code)s.", code=unit_code)
    person = accounts.add_user(
        None, login=login, name=name, password=password, position=position, email=email
    )
    accounts.give_role(None, person, unit, Role(role))
    db.session.commit()
    click.echo(f"{person.login}: {person.name}, {role}, {unit.name}")


@meetly.group()
def unit() -> None:
    """Units of the organisation tree."""


@unit.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@with_house
def unit_import(file: Path) -> None:
    """Add the units of a CSV FILE: code,name,kind,parent,aliases.

    \b
    kind     province, department, office, commune, ward, special_zone or body
    parent   code of the unit above, empty for the top
    aliases  other names, separated by |
    Units whose code exists are left alone, so the same file can be imported again.
    """
    from meetly.accounts import service as accounts
    from meetly.errors import BadInput
    from meetly.extensions import db

    if not file.is_file():
        raise BadInput("Không có tệp %(path)s.", path=file)
    added = accounts.import_units(None, file)
    db.session.commit()
    click.echo(f"{added} units added")


@meetly.command()
@with_house
def audit() -> None:
    """Verify the chained record of every change; exit 1 names the first broken entry."""
    from meetly import audit as record
    from meetly.extensions import db

    broken = record.verify()
    head = db.session.get(record.AuditHead, 1)
    length = head.number if head else 0
    if broken is None:
        click.echo(f"{length} entries, the chain holds; it ends with {head.hash if head else '-'}")
        return
    click.echo(f"entry {broken} of {length} was changed, removed or cut off", err=True)
    sys.exit(1)
