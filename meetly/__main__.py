"""`python -m meetly` is the `meetly` command."""

from __future__ import annotations

from meetly.cli import main

main()
