"""Pages of carried reports."""

from __future__ import annotations

from meetly.tasks.carried import models  # noqa: F401 - its tables
