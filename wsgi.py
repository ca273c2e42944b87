"""The door for people: what a web server serves."""

from __future__ import annotations

from meetly.app import create_app

app = create_app()
