"""Identifiers of organisations on the national axis (QĐ 20/2020/QĐ-TTg), new form and old."""

from __future__ import annotations

import re

#: "H37", "H37.02", "H37.02.02"; before 2020 "000.00.12.H28".
_NEW = r"[A-Z]\d{2}(?:\.\d{1,3}){0,4}"
_OLD = r"\d{3}(?:\.\d{2}){2}\.[A-Z]\d{2}"
_EITHER = re.compile(rf"(?:{_NEW}|{_OLD})")


def organ_id(written: str) -> str:
    """Return the identifier in capitals, or nothing when what is written is none."""
    asked = written.strip().upper()
    return asked if len(asked) <= 40 and _EITHER.fullmatch(asked) else ""
