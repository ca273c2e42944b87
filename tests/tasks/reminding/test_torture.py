"""The short form of bench/torture_reminders.py: a few days, on both databases, and its defect."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from meetly.config import Config
from meetly.extensions import db
from meetly.tasks.reminding.models import ToldTask
from tests.tasks.reminding.torture import Torture, Trial


def test_reminders_are_neither_missed_nor_doubled_whatever_fails(
    database_url: str, config: Config, tmp_path: Path
) -> None:
    database = "" if database_url == config.database_url else database_url
    result = Torture(Trial(tasks=40, days=1, seed=5, database=database), tmp_path).run()
    assert result.due > 50 and result.kills > 0
    assert (result.missed, result.doubled, result.wrong, result.mails_missed) == (0, 0, 0, 0)


def test_without_the_unique_row_two_schedulers_tell_twice(tmp_path: Path) -> None:
    result = Torture(Trial(tasks=40, days=1, seed=5, planted="key"), tmp_path).run()
    assert result.doubled > 0


def test_the_count_sees_what_was_not_told(tmp_path: Path) -> None:
    torture = Torture(Trial(tasks=2, days=3), tmp_path)
    with torture.app.app_context():
        assert torture._counted().missed == 0
        job = torture.world.jobs[0]
        torture.expected.add((1, job.number, "before.0", job.due))
        assert torture._counted().missed == 1
        db.session.add(
            ToldTask(
                user_id=1, task_id=job.number, rule="before.0", due=job.due,
                notice_key="tasks.digest:of nobody", told_at=datetime.now(UTC),
            )
        )  # fmt: skip
        db.session.flush()
        assert torture._counted().missed == 1, "noted, and no digest says so"
        db.session.remove()
        db.engine.dispose()
