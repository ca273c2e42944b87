"""Every route says who may use it; one that does not is closed to everybody.

These words guard the door of a page. Which rows a person may see or change is decided again, row
by row, in the services.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from meetly.accounts.models import Role
from meetly.errors import NotAllowed
from meetly.web import wants_json

View = TypeVar("View", bound=Callable[..., Any])

EVERYONE = frozenset(Role)


def public(view: View) -> View:
    """Open a route to people who have not signed in."""
    view.access = None  # type: ignore[attr-defined]
    return view


def members(*roles: Role) -> Callable[[View], View]:
    """Open a route to people who hold one of these roles in any unit; none named means all."""

    def mark(view: View) -> View:
        view.access = frozenset(roles) or EVERYONE  # type: ignore[attr-defined]
        return view

    return mark


def writes(view: View) -> View:
    """Say that a GET of this route writes something (a receipt), so that SQLite locks early."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """Tell who may use an endpoint: None for everybody; LookupError when it does not say."""
    if endpoint in ("static", "components"):
        return None
    view = app.view_functions[endpoint]
    if not hasattr(view, "access"):
        raise LookupError(f"{endpoint} does not state who may use it")
    allowed: frozenset[Role] | None = view.access
    return allowed


def guard(app: Flask) -> None:
    """Ask these words before every request of the application."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:  # no such route: the error page answers
            return None
        allowed = access_of(app, request.endpoint)
        if allowed is None:
            return None
        if not current_user.is_authenticated:
            if wants_json():
                raise NotAllowed("Hãy đăng nhập trước.")
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        if not allowed & current_user.roles:
            raise NotAllowed()
        return None
