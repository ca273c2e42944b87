"""Pages of standing tasks."""

from __future__ import annotations

from meetly.tasks.standing import models  # noqa: F401 - its tables
