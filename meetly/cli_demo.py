"""`meetly demo`: the whole story on the bundled recording, from sound to tasks."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from meetly.config import Config
from meetly.errors import WrongState
from meetly.paths import DEMO_DATA

#: what the walk calls its steps -> the stage they are counted under
STAGES = {"split": "split", "transcribe": "transcribe", "draft_minutes": "draft"}


@dataclass
class Run:
    """What one run made, and how long each stage took."""

    stages: dict[str, float] = field(default_factory=dict)
    wer: float = 1.0
    minutes: str = ""
    notice: str = ""
    directions: list[dict[str, Any]] = field(default_factory=list)
    right: int = 0
    expected: int = 0
    tasks: list[Any] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the seconds spent inside under a stage."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - begun)

    def add(self, name: str, seconds: float) -> None:
        """Count seconds under a stage."""
        self.stages[name] = self.stages.get(name, 0.0) + seconds


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write what was made as one JSON object.")
def demo(as_json: bool) -> None:
    """Run the whole story on the bundled recording of a briefing.

    \b
    The fictional province Lam Giang, 75 communes and wards, the briefing of 23/11/2026:
    recording -> transcript -> minutes and notice as .docx -> approval -> directions -> tasks.
    --json writes {"wer", "stages", "minutes", "notice", "directions", "tasks"}.
    An interrupted run is taken up where it stopped; a finished one starts clean.
    """
    from meetly.app import create_app, prepare_tables

    app = create_app()
    with app.app_context():
        run = Run()
        with run.stage("prepare"):
            prepare_tables()
            _start_clean_if_finished(Config.from_environment())
            _settle()
        _tell_story(run, quiet=as_json)
    click.echo(json.dumps(_report(run), ensure_ascii=False)) if as_json else _print(run)


def _start_clean_if_finished(config: Config) -> None:
    """Empty the demo's own house when its story was told to the end before."""
    from flask_migrate import downgrade, upgrade

    from meetly.demo import province
    from meetly.extensions import db
    from meetly.tasks.models import Task

    province.refuse_other_houses()
    finished = db.session.query(Task.id).first() is not None
    db.session.remove()
    if not finished:
        return
    downgrade(revision="base")
    upgrade()
    shutil.rmtree(config.data.resolve() / "files", ignore_errors=True)


def _settle() -> None:
    from meetly.demo import province
    from meetly.extensions import db

    province.settle()
    db.session.commit()


def _tell_story(run: Run, *, quiet: bool) -> None:
    from meetly.accounts import service as accounts
    from meetly.demo import province
    from meetly.extensions import db

    with run.stage("prepare"):
        meeting = province.briefing()
        db.session.commit()
    with run.stage("receive"):
        _receive(accounts.user_by_login("thuky"), meeting)
    _listen(run, quiet=quiet)
    meeting = province.briefing()  # the jobs ended the session these rows came from
    secretary, leader = accounts.user_by_login("thuky"), accounts.user_by_login("chutich")
    minutes = _minutes_of(meeting)
    run.wer = _error_rate(meeting)
    with run.stage("approve"):
        _approve(secretary, leader, minutes)
    with run.stage("assign"):
        _assign(run, leader, minutes)
        province.follow_up()
        db.session.commit()
    _write_documents(run, secretary, minutes)


def _receive(secretary: Any, meeting: Any) -> None:
    from meetly.extensions import db
    from meetly.recordings import service as recordings

    if recordings.of_meeting(secretary, meeting):
        return
    recording = recordings.receive_file(secretary, meeting, DEMO_DATA / "briefing.opus")
    recordings.read_talk_events(recording, (DEMO_DATA / "briefing.events.json").read_bytes())
    db.session.commit()


def _listen(run: Run, *, quiet: bool) -> None:
    """Let the workers' own walk do everything that waits, under a bar with the time left."""
    from workers import walk

    last = time.perf_counter()
    with click.progressbar(
        length=1, label="Transcribing", file=sys.stderr, show_eta=True, show_pos=True,
        hidden=quiet,
    ) as bar:  # fmt: skip

        def told(stage: str, far: Any) -> None:
            nonlocal last
            now = time.perf_counter()
            run.add(STAGES.get(stage, stage), now - last)
            last = now
            if far is not None and far.total:
                bar.length = far.total
                bar.update(far.done - bar.pos)

        walk.until_done(told)


def _minutes_of(meeting: Any) -> Any:
    from meetly.minutes import service as minutes_service

    minutes = minutes_service.of_meeting(meeting)
    if minutes is None:
        raise WrongState("Bản ghi mẫu chưa thành biên bản. Chạy `meetly check` để biết vì sao.")
    return minutes


def _error_rate(meeting: Any) -> float:
    from meetly.demo import score
    from meetly.minutes import service as minutes_service

    heard = minutes_service.heard_in(meeting)
    return score.word_error_rate(score.script(), " ".join(u.text for u in heard.utterances))


def _approve(secretary: Any, leader: Any, minutes: Any) -> None:
    from meetly.extensions import db
    from meetly.minutes import service as minutes_service
    from meetly.minutes.models import EDITABLE, MinutesStatus

    if minutes.status in EDITABLE:
        minutes_service.submit(secretary, minutes, minutes.version)
        db.session.commit()
    if minutes.status == MinutesStatus.SUBMITTED:
        shown = minutes_service.version_of(minutes, minutes.version)
        minutes_service.approve(
            leader, minutes, shown.number, shown.minutes_sha256, shown.notice_sha256
        )
        db.session.commit()


def _assign(run: Run, leader: Any, minutes: Any) -> None:
    from meetly.demo import score
    from meetly.directions import service as directions
    from meetly.extensions import db
    from meetly.tasks import service as tasks

    orders = []
    for direction in directions.of_minutes(minutes):
        run.tasks += tasks.assign(leader, direction, direction.version)
        db.session.commit()
        lead = [unit.name for unit in direction.lead]
        orders.append(score.order(lead, direction.due, direction.recurring))
        run.directions.append(
            {
                "span": direction.span,
                "lead": lead,
                "coordinate": [unit.name for unit in direction.coordinating],
                "due": direction.due.isoformat() if direction.due else None,
                "recurring": direction.recurring or None,
                "start": direction.start,
            }
        )
    run.right, run.expected = score.right(orders), len(score.expected())


def _write_documents(run: Run, reader: Any, minutes: Any) -> None:
    from meetly.minutes import service as minutes_service

    folder = Config.from_environment().data.resolve() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    for kind, name in (("minutes", "bien-ban.docx"), ("notice", "thong-bao-ket-luan.docx")):
        content, _ = minutes_service.document(reader, minutes, kind)
        paths[kind] = folder / name
        paths[kind].write_bytes(content)
    run.minutes, run.notice = str(paths["minutes"]), str(paths["notice"])


def _report(run: Run) -> dict[str, Any]:
    return {
        "wer": round(run.wer, 4),
        "stages": {name: round(seconds, 2) for name, seconds in run.stages.items()},
        "minutes": run.minutes,
        "notice": run.notice,
        "directions": run.directions,
        "tasks": len(run.tasks),
    }


def _print(run: Run) -> None:
    line: Callable[..., None] = click.echo
    line(f"\n{'stage':<14}{'seconds':>8}")
    for name, seconds in run.stages.items():
        line(f"{name:<14}{seconds:>8.1f}")
    line(f"\nword error rate against the script   {run.wer:.1%}")
    line(f"directions with right lead and date  {run.right} of {run.expected}"
         f" ({len(run.directions)} found)")  # fmt: skip
    line(f"tasks opened                         {len(run.tasks)}\n")
    for number, item in enumerate(run.directions, start=1):
        when = item["due"] or item["recurring"] or "no deadline spoken"
        line(f"{number:>3}  {'; '.join(item['lead'])}: {when}")
        line(f"     {_short(item['span'])}")
    line(f"\nminutes  {run.minutes}\nnotice   {run.notice}")
    line("\nSee it in the browser: make up")


def _short(text: str, most: int = 86) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
