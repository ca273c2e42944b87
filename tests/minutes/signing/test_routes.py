"""Signing and verifying as people do it, page by page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from meetly import clock
from meetly.accounts.models import User
from meetly.extensions import db
from meetly.minutes.issuing.models import DocumentStatus
from meetly.minutes.signing import keys, turns
from tests.cast import Cast
from tests.minutes.signing.authority import PASSPHRASE, Authority, seal_png, signature_png
from tests.minutes.signing.conftest import Desk

SignIn = Callable[[User], FlaskClient]


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_a_key_is_added_seen_and_retired(sign_in: SignIn, cast: Cast, authority: Authority) -> None:
    nam = sign_in(cast.nam)
    identity = authority.identity(cast.nam.name)
    given = {"owner": "0", "kind": "pkcs12", "secret": "sai"}
    wrong = nam.post("/signing-keys", data={**given, "file": upload(identity.p12, "nam.p12")})
    assert wrong.status_code == 422 and "chưa đúng" in wrong.text
    given["secret"] = PASSPHRASE
    files = {
        "file": upload(identity.p12, "nam.p12"), "picture": upload(signature_png(), "ky.png"),
    }  # fmt: skip
    assert nam.post("/signing-keys", data={**given, **files}).status_code == 302
    page = nam.get("/signing-keys").text
    assert cast.nam.name in page and "Ngừng dùng" in page and PASSPHRASE not in page
    picture = re.search(r"/signing-keys/\d+/picture.png", page)
    assert picture and nam.get(picture[0]).mimetype == "image/png"
    assert sign_in(cast.khai).get(picture[0]).status_code == 404
    retire = picture[0].replace("picture.png", "retire")
    assert sign_in(cast.khai).post(retire).status_code == 404
    assert nam.post(retire).status_code == 302
    assert "Đã ngừng dùng" in nam.get("/signing-keys").text


def test_a_seal_is_added_by_who_keeps_it_only(
    sign_in: SignIn, cast: Cast, authority: Authority
) -> None:
    given = {"owner": str(cast.office.id), "kind": "pkcs12", "secret": PASSPHRASE}

    def post(user: User) -> int:
        files = {
            "file": upload(authority.identity("Văn phòng").p12, "vp.p12"),
            "picture": upload(seal_png(), "dau.png"),
        }
        return sign_in(user).post("/signing-keys", data={**given, **files}).status_code

    assert post(cast.khai) == 422 and post(cast.hoa) == 422
    assert post(cast.nam) == 302


def test_a_document_is_signed_from_its_page(
    sign_in: SignIn, app: Flask, cast: Cast, desk: Desk, roots: str
) -> None:
    app.extensions["meetly_config"] = replace(app.extensions["meetly_config"], trusted_roots=roots)
    address = f"/documents/{desk.document.id}/signatures"
    assert sign_in(cast.hoa).get(address).status_code == 404
    waiting = sign_in(cast.khai).get(address).text
    assert 'name="secret"' not in waiting  # it is not his turn
    for user, key in ((cast.nam, desk.nam), (cast.khai, desk.khai), (cast.nam, desk.seal)):
        browser = sign_in(user)
        page = browser.get(address).text
        shown = re.search(r'name="before_sha256"[^>]*value="([0-9a-f]{64})"', page)
        assert shown and shown[1] == desk.document.shown_sha256
        assert browser.get(f"/documents/{desk.document.id}/pages/1").mimetype == "image/png"
        data = {"before_sha256": shown[1], "key": str(key.id), "secret": "sai"}
        wrong = browser.post(address, data=data)
        assert wrong.status_code == 422 and "chưa đúng" in wrong.text
        data["secret"] = PASSPHRASE
        assert browser.post(address, data=data).status_code == 302
    assert browser.post(address, data=data).status_code == 409
    page = browser.get(address).text
    assert "Đã ký đủ" in page and page.count("+07:00") == 3
    pdf = browser.get(f"/documents/{desk.document.id}.pdf").data
    anybody = app.test_client()
    said = anybody.post("/verify", data={"file": upload(pdf, "van-ban.pdf")})
    assert "Chữ ký hợp lệ" in said.text and "không phát hành tệp này" in said.text
    desk.document.status, desk.document.issued_at = DocumentStatus.ISSUED, clock.now()
    said = anybody.post("/verify", data={"file": upload(pdf, "van-ban.pdf")})
    assert "số 15/BB-VP, ngày 25/11/2026" in said.text
    broken = pdf.replace(b"/MediaBox", b"/MediaBux", 1)
    said = anybody.post("/verify", data={"file": upload(broken, "van-ban.pdf")})
    assert "Không hợp lệ" in said.text and "đã bị đổi" in said.text


def test_what_is_signed_elsewhere_goes_out_and_comes_back(
    sign_in: SignIn, cast: Cast, desk: Desk, authority: Authority
) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    identity, nam = authority.identity(cast.nam.name), sign_in(cast.nam)
    added = {"owner": "0", "kind": "elsewhere", "file": upload(identity.pem, "nam.pem")}
    assert nam.post("/signing-keys", data=added).status_code == 302
    following = turns.next_of(desk.document)
    assert following is not None
    key = next(k for k in keys.fitting(cast.nam, following) if k.kind == "elsewhere")
    data = {"before_sha256": desk.document.shown_sha256, "key": str(key.id)}
    asked = nam.post(f"/documents/{desk.document.id}/signatures", data=data)
    place = asked.headers["Location"]
    assert "attributes.bin" in nam.get(place).text
    request = nam.get(f"{place}/request.json").get_json()
    attributes = nam.get(f"{place}/attributes.bin").data
    assert attributes.hex() == request["attributes"]
    assert sign_in(cast.khai).get(f"{place}/content.bin").status_code == 404
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    wrong = identity.key.sign(b"something else", ec.ECDSA(SHA256()))
    assert nam.post(place, data={"file": upload(wrong, "s")}).status_code == 400
    right = identity.key.sign(attributes, ec.ECDSA(SHA256()))
    assert nam.post(place, data={"file": upload(right, "s")}).status_code == 302
    assert nam.post(place, data={"file": upload(right, "s")}).status_code == 409
    db.session.refresh(desk.document)
    assert desk.document.status == DocumentStatus.SIGNING


def test_what_is_no_pdf_is_told_beside_the_field(client: FlaskClient) -> None:
    said = client.post("/verify", data={"file": upload(b"PK\x03\x04", "a.pdf")})
    assert said.status_code == 422 and "Không đọc được" in said.text
    assert client.get("/verify").status_code == 200
