"""Pages of importing."""

from __future__ import annotations

from meetly.tasks.importing import models  # noqa: F401 - its tables
