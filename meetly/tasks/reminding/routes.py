"""Pages of reminding: a unit's plan."""

from __future__ import annotations

from meetly.tasks.reminding import models  # noqa: F401 - its tables
