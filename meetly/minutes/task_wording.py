"""Take a direction's sentence apart for the table: task, product, deadline - its own words only."""

from __future__ import annotations

import re
from datetime import date

from meetly.minutes.blocks import Assignment
from meetly.paper_wording import capitalised, clean, day, lowered, plain

_HOUR = r"(?:\d{1,2}\s*(?:gio|h)\s*(?:\d{1,2}\s*(?:phut)?)?[\s,]*)"
_DATE = (
    r"(?:(?:ngay|mong)\s+)?\d{1,2}(?:\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{4})?"
    r"|\s+thang\s+\d{1,2}(?:(?:\s+nam\s+|\s*/\s*)\d{4})?|\s+thang\s+(?:nay|sau))"
)
_PERIOD = (
    r"(?:(?:thu\s+(?:hai|ba|tu|nam|sau|bay)|chu\s+nhat)(?:\s+tuan\s+(?:nay|sau|toi)|\s+nay)?"
    r"|(?:tuan|thang|nam|quy)\s+(?:nay|sau|toi|\d{1,2}|[iv]+)"
    r"(?:(?:\s+nam\s+|\s*/\s*)\d{4}|\s+nam\s+(?:nay|sau))?|hom nay|ngay mai)"
)
_SPAN = r"(?:vong|thoi han)\s+\w+\s+(?:ngay|tuan|thang|gio)(?:\s+lam viec)?"
_BEFORE = (
    r"(?:(?:ngay\s+)?(?:xong\s+|hoan thanh\s+)?(?:truoc|trong|vao|cham nhat(?:\s+la)?|den het|het"
    r"|han|muon nhat|cuoi|dau|giua)\s+)+"
)
_DEADLINE = re.compile(rf"\b{_BEFORE}(?:{_HOUR}?(?:{_DATE}|{_PERIOD})|{_SPAN})(?!\w)")
_CLOCK = re.compile(rf"(?P<hour>{_HOUR})(?=(?:ngay\s+)?\d)")
_MILESTONE = re.compile(r"\b(?:truoc|sau|ngay khi|ngay sau|trong vong|trong)\s+[^,;.]+$")
_ORDER = r"(?:(?:giao|yeu cau|de nghi|phan cong|cung)\s+)*"
_POST = r"(?:(?:dong chi|giam doc|chu tich|thu truong|truong|chanh)\s+)*"
_PRODUCT = re.compile(r"(?:^|,\s*|;\s*|\bva\s+)(?P<product>(?:trinh|bao cao|gui)\s+[^,;.]+)$")


def deadline_words(text: str) -> str:
    """Return the words that set the deadline, if exactly one phrase of the sentence does."""
    found = list(_DEADLINE.finditer(plain(text)))
    return text[found[0].start() : found[0].end()] if len(found) == 1 else ""


def milestone(text: str) -> str:
    """Return the closing words that name an event instead of a day, as in "trước mùa mưa"."""
    found = _MILESTONE.search(plain(text.rstrip(" .")))
    return text[found.start() : found.end()] if found else ""


def deadline(text: str, assignment: Assignment, *, draft: bool) -> str:
    """Write the deadline for the table: the computed day beside the words it was computed from."""
    parts = []
    if assignment.due:
        parts.append(_due(text, assignment.due))
    if assignment.recurring:
        parts.append(f"Định kỳ: {lowered(assignment.recurring)}")
    if parts:
        return "; ".join(parts)
    event = milestone(text)
    if draft:
        return f"Chưa có hạn{f' («{event}»)' if event else ''} - cần chủ trì xác nhận"
    return capitalised(event) or "Chưa có hạn"


def dated(text: str, assignment: Assignment) -> str:
    """Return the direction with its deadline as a full date: a reader later has no "this week"."""
    due = assignment.due
    if due is None or day(due) in text or f"{due.day}/{due.month}/{due.year}" in text:
        return text
    short = re.compile(rf"(?<![\d/.])0?{due.day}/0?{due.month}(?![\d/]|\.\d)")
    in_words = re.compile(rf"\bngày\s+0?{due.day}\s+tháng\s+0?{due.month}\b(?!\s+năm|/)")
    for form, year in ((short, f"/{due.year}"), (in_words, f" năm {due.year}")):
        if len(form.findall(text)) == 1:
            return form.sub(rf"\g<0>{year}", text)
    return f"{text.rstrip(' .')} (thời hạn {day(due)})."


def product(text: str) -> str:
    """Return what shall come of it in the sentence's own words, or nothing."""
    found = _PRODUCT.search(plain(_without_deadline(text)))
    return capitalised(text[found.start("product") : found.end("product")]) if found else ""


def task(text: str, assignment: Assignment) -> str:
    """Return the task alone: without the assignee, deadline and product other columns hold."""
    content = text.rstrip(" .")
    content = content[_assignee_end(content, assignment) :]
    if assignment.recurring:
        content = content.replace(assignment.recurring, "")
    if assignment.due and deadline_words(content):
        content = _without_deadline(content)
    if _PRODUCT.match(plain(assignment.product)):
        # «báo cáo kết quả» is a task of its own; «kế hoạch» is what the task's verb needs.
        content = _without_tail(content, assignment.product)
    content = re.sub(r"\s+([,;])", r"\1", clean(content)).strip(" ,;:")
    return capitalised(content) or capitalised(text)


def _due(text: str, due: date) -> str:
    words = deadline_words(text)
    clock = _CLOCK.search(plain(words))
    if clock:
        return f"{capitalised(words[: clock.end()].strip(' ,'))} ngày {day(due)}"
    spoken_day = re.search(r"\d\s*[/.-]\s*\d|\d\s+thang\s+\d", plain(words))
    return day(due) if not words or spoken_day else f"{day(due)} ({lowered(words)})"


def _without_deadline(text: str) -> str:
    """Cut the deadline off the sentence's end; one in the middle is part of what it says."""
    bare = text.rstrip(" .")
    for found in _DEADLINE.finditer(plain(bare)):
        if found.end() == len(bare):
            return bare[: found.start()].rstrip(" ,;")
    return bare


def _without_tail(text: str, tail: str) -> str:
    bare = text.rstrip(" .,;")
    if len(tail) < len(bare) and plain(bare).endswith(plain(tail)):
        return re.sub(r"(?:,|;|\bvà)\s*$", "", bare[: -len(tail)])
    return text


def _assignee_end(text: str, assignment: Assignment) -> int:
    """Return where the task begins, 0 when the sentence does not open with its assignees."""
    if not assignment.lead:
        return 0
    folded = plain(text)
    names = r"(?:,|;|\s+va)?\s+".join(re.escape(plain(name)) for name in assignment.lead)
    opening = re.match(rf"{_ORDER}{_POST}{names}(?:\s*,?\s*chu tri)?[\s,:]*", folded)
    if not opening:
        return 0
    end = opening.end()
    if assignment.coordinate and re.match(r"(?:phoi hop|cung)\b", folded[end:]):
        places = [(folded.find(plain(name), end), name) for name in assignment.coordinate]
        if all(place >= 0 for place, _ in places):
            end = max(place + len(name) for place, name in places)
    return end if folded[end:].strip(" ,;:.") else 0
