"""What axe says about a page, in sentences."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe


def faults(page: Any) -> list[str]:
    """Return what axe finds wrong with the page as it stands; it should be nothing."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


def sticks_out(page: Any) -> int:
    """Return by how many pixels the page is wider than the screen."""
    width: int = page.evaluate("document.documentElement.scrollWidth - screen.width")
    return width
