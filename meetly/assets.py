"""The built assets: their addresses, and sending them small over a slow line."""

from __future__ import annotations

import json
import mimetypes
from functools import cache

from flask import Flask, Response, request, send_from_directory, url_for

from meetly import paths


def init_app(app: Flask) -> None:
    """Give templates `asset(name)` and send the compressed twin of a file to who can read it."""
    app.add_template_global(asset)
    app.view_functions["static"] = send


def asset(name: str) -> str:
    """Return the address of a built asset, with the hash of its content so that it can be kept."""
    address: str = url_for("static", filename=name, v=_manifest().get(name, "0"))
    return address


def send(filename: str) -> Response:
    """Send a built file; its .gz twin, made at build time, when the browser takes it."""
    packed = f"{filename}.gz"
    if request.accept_encodings.quality("gzip") and (paths.STATIC / packed).is_file():
        kind = mimetypes.guess_type(filename)[0]
        response = send_from_directory(paths.STATIC, packed, mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(paths.STATIC, filename)
    response.vary.add("Accept-Encoding")
    return response


@cache
def _manifest() -> dict[str, str]:
    path = paths.STATIC / "manifest.json"
    built: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return built
