"""The edge to the web: errors become pages, answers carry strict headers, values get dressed."""

from __future__ import annotations

import logging
import re
import secrets
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    flash,
    g,
    get_flashed_messages,
    has_request_context,
    jsonify,
    render_template,
    request,
    session,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from jinja2 import Template
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from meetly import assets, clock, errors, sqlite
from meetly.extensions import csrf, db

log = logging.getLogger(__name__)

LANGUAGES = ("vi", "en")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

STATUS = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.BadInput: HTTPStatus.BAD_REQUEST,
    errors.Stale: HTTPStatus.CONFLICT,
    errors.WrongState: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NoSpace: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NotConfigured: HTTPStatus.SERVICE_UNAVAILABLE,
}

#: Main navigation: endpoint, label, icon; an entry shows only where its endpoint exists.
NAVIGATION = (
    ("overview.today", lazy_gettext("Hôm nay"), "house"),
    ("meetings.index", lazy_gettext("Cuộc họp"), "calendar3"),
    ("minutes.index", lazy_gettext("Biên bản"), "file-text"),
    ("tasks.index", lazy_gettext("Nhiệm vụ"), "check2-square"),
    ("overview.search", lazy_gettext("Tra cứu"), "search"),
)
ADMIN_NAVIGATION = (("accounts.units", lazy_gettext("Quản trị"), "gear"),)


class RowNumber(IntegerConverter):
    """A number in an address that a database can hold; a greater one is no such page."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **kwargs})


def init_app(app: Flask) -> None:
    """Bind the edge to an application; before the rooms, whose addresses hold numbers of rows."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    app.teardown_request(_end)
    app.after_request(_seal)
    app.register_error_handler(errors.MeetlyError, _show_domain_error)
    app.register_error_handler(CSRFError, _show_forged)
    app.register_error_handler(HTTPException, _show_http_error)
    for beyond in (OverflowError, DataError):
        app.register_error_handler(beyond, _show_beyond)
    app.register_error_handler(Exception, _show_unexpected)
    app.add_template_global(csp_nonce)
    assets.init_app(app)
    app.add_template_global(navigation, "nav_items")
    app.jinja_env.globals["endpoints"] = app.view_functions  # links to rooms that are there
    app.add_template_global(lambda: clock.today(), "today")
    for show in (day, time_of_day, moment, long_day, size, duration, second, number, spoken):
        app.add_template_filter(show)
    if app.config["DEVELOPMENT"]:
        app.add_url_rule("/_components", "components", _gallery)
        app.add_url_rule("/_components/<part>", "components", _gallery)


def reader_language() -> str:
    """Choose the language of this answer: the person's, the session's, else Vietnamese."""
    if not has_request_context():  # a worker or the command line speaks
        return LANGUAGES[0]
    chosen = session.get("language")
    if not chosen and current_user and current_user.is_authenticated:
        chosen = current_user.language
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def is_htmx() -> bool:
    """Say whether htmx asks for a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Say whether a program asks."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def safe_next(target: str | None, otherwise: str) -> str:
    """Return a path inside Meetly to go on to; anything that could leave it is refused."""
    if not target or not target.startswith("/") or any(c in target for c in "\\\r\n\t"):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc or target.startswith("//") else target


def good(message: str) -> None:
    """Tell the reader on the next page that something went well."""
    flash(message, "good")


def refuse_forged() -> None:
    """Check here that the page was ours, for views that look at the size of a body first."""
    from flask import current_app

    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


def reminded(count: int, nobody: str) -> None:
    """Say on the next page how many people were reminded, or else why there was nobody."""
    good(gettext("Đã nhắc %(count)s người.", count=count) if count else nobody)


def csp_nonce() -> str:
    """Return this answer's nonce; only scripts that carry it run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def navigation() -> list[tuple[str, Any, str]]:
    """List the entries of the main navigation this reader may open."""
    from flask import current_app

    entries = list(NAVIGATION)
    if current_user.is_authenticated and "admin" in current_user.roles:
        entries += ADMIN_NAVIGATION
    return [entry for entry in entries if entry[0] in current_app.view_functions]


# -- what happens around every request -------------------------------------------------------


def _begin() -> None:
    view = request.endpoint and _view_writes(request.endpoint)
    sqlite.expect_only_reads(request.method in SAFE_METHODS and not view)


def _end(_error: BaseException | None) -> None:
    sqlite.expect_only_reads(False)  # what else this thread does may write


def _view_writes(endpoint: str) -> bool:
    from flask import current_app

    return bool(getattr(current_app.view_functions.get(endpoint), "writes", False))


def _seal(response: Response) -> Response:
    nonce = csp_nonce()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        f"script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self'"
    )
    strict = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    for name, value in strict.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.vary.add("Cookie")
    return response


# -- errors ----------------------------------------------------------------------------------


def _show_domain_error(error: errors.MeetlyError) -> ResponseReturnValue:
    db.session.rollback()
    status = next((STATUS[k] for k in type(error).__mro__ if k in STATUS), HTTPStatus.BAD_REQUEST)
    words = gettext(error.template, **error.values) if error.values else gettext(error.template)
    return _error_page(status, error.code, words)


def _show_forged(error: CSRFError) -> ResponseReturnValue:
    words = gettext("Phiên làm việc đã hết hoặc biểu mẫu mở quá lâu. Hãy tải lại trang và gửi lại.")
    return _error_page(HTTPStatus.BAD_REQUEST, "FORGED", words)


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    known = {
        HTTPStatus.NOT_FOUND: errors.NotFound,
        HTTPStatus.FORBIDDEN: errors.NotAllowed,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: errors.TooLarge,
    }.get(HTTPStatus(error.code), errors.BadInput)
    # what a program sent and cannot be read is named field by field
    wrong = getattr(error, "data", {}).get("messages")
    answer = _error_page(HTTPStatus(error.code), known.code, gettext(known.message), wrong)
    if isinstance(answer, Response) and error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return answer


def _show_beyond(error: Exception) -> ResponseReturnValue:
    """Answer for a number, sent in a question or a form, that no column can hold."""
    log.warning("beyond what the database holds, at %s", request.path, exc_info=error)
    db.session.rollback()
    return _error_page(
        HTTPStatus.BAD_REQUEST, errors.BadInput.code, gettext(errors.BadInput.message)
    )


def _show_unexpected(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    log.error("unexpected error %s at %s", reference, request.path, exc_info=error)
    try:
        db.session.rollback()
        words = gettext(
            "Máy chủ gặp lỗi ngoài dự kiến. Dữ liệu đã lưu không bị ảnh hưởng; hãy thử lại, "
            "nếu vẫn lỗi hãy báo quản trị mã %(reference)s.",
            reference=reference,
        )
        return _error_page(HTTPStatus.INTERNAL_SERVER_ERROR, "UNEXPECTED", words)
    except Exception:  # a page asks the database who is reading; without one, plain words will do
        log.exception("the page for error %s could not be made", reference)
        return Response(f"Meetly: lỗi / error {reference}", status=500, mimetype="text/plain")


def _error_page(status: HTTPStatus, code: str, words: str, wrong: Any = None) -> Response:
    if wants_json():
        answer: Response = jsonify(code=code, message=words, **({"fields": wrong} if wrong else {}))
        answer.status_code = status
        return answer
    get_flashed_messages()  # what was about to be praised did not happen
    names: list[str | Template] = [f"errors/{status.value}.html", "errors/error.html"]
    page = render_template(names, status=status.value, code=code, message=words)
    return Response(page, status=status)


def _gallery(part: str = "") -> ResponseReturnValue:
    from meetly import gallery  # its forms need this module

    return gallery.sound() if part == "sound.wav" else gallery.show()


# -- how values look -------------------------------------------------------------------------

_NUMBERS = re.compile(r"\d+")
_WEEKDAYS = (
    lazy_gettext("thứ Hai"), lazy_gettext("thứ Ba"), lazy_gettext("thứ Tư"),
    lazy_gettext("thứ Năm"), lazy_gettext("thứ Sáu"), lazy_gettext("thứ Bảy"),
    lazy_gettext("Chủ nhật"),
)  # fmt: skip


def day(value: date | datetime | None) -> str:
    """Show a date as 23/11/2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return value.strftime("%d/%m/%Y")


def time_of_day(value: datetime) -> str:
    """Show a time as "8 giờ 00"."""
    wall = clock.local(value)
    return str(gettext("%(hour)s giờ %(minute)s", hour=wall.hour, minute=f"{wall.minute:02d}"))


def moment(value: datetime | None) -> str:
    """Show a point in time as "23/11/2026 08:00"."""
    return clock.local(value).strftime("%d/%m/%Y %H:%M") if value else ""


def long_day(value: date | datetime) -> str:
    """Show a date as "thứ Hai, 23/11/2026"."""
    local = clock.local(value).date() if isinstance(value, datetime) else value
    return f"{_WEEKDAYS[local.weekday()]}, {day(local)}"


def number(value: float) -> str:
    """Show a number as 1.240 in Vietnamese, 1,240 in English."""
    shown = f"{value:,}"
    return shown.replace(",", "\0").replace(".", ",").replace("\0", ".") if _vietnamese() else shown


def size(value: int) -> str:
    """Show bytes as "2,4 MB"."""
    amount, unit = float(value), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    shown = f"{amount:.0f}" if unit == "B" or amount >= 100 else f"{amount:.1f}"
    return f"{shown.replace('.', ',') if _vietnamese() else shown} {unit}"


def duration(seconds: float) -> str:
    """Show a length of time as "1 giờ 05 phút", "3 phút 20 giây"."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return str(gettext("%(h)s giờ %(m)s phút", h=hours, m=f"{minutes:02d}"))
    if minutes:
        return str(gettext("%(m)s phút %(s)s giây", m=minutes, s=f"{rest:02d}"))
    return str(gettext("%(s)s giây", s=rest))


def second(value: float | None) -> str:
    """Show a place in a recording as 07:05 or 1:02:33."""
    whole = int(value or 0)
    head = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{head}{whole % 3600 // 60:02d}:{whole % 60:02d}"


def spoken(sentence: str) -> str:
    """Show a sentence of the house that was kept in a row in the reader's language.

    One with numbers in it stands in the catalogue with %s in their places.
    """
    pattern = _NUMBERS.sub("%s", sentence)
    words = str(gettext(pattern)) if pattern else ""
    if words == pattern:  # Vietnamese is asked for, or a person wrote it
        return sentence
    for found in _NUMBERS.findall(sentence):
        words = words.replace("%s", found, 1)
    return words


def _vietnamese() -> bool:
    return str(get_locale()) == "vi"
