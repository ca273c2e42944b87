"""Pages of scoring: records for emulation."""

from __future__ import annotations

from meetly.tasks.scoring import models  # noqa: F401 - its tables
