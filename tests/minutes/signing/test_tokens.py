"""A real token library (SoftHSM) signs at the server; a real authority (openssl ts) stamps."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from meetly.errors import BadInput, NotConfigured
from meetly.minutes.signing import keys, tokens, verifying
from meetly.minutes.signing.certificates import WrongSecret
from meetly.minutes.signing.keys import Source
from meetly.minutes.signing.models import KeyKind
from tests.cast import Cast
from tests.conftest import missing
from tests.minutes.signing import builder
from tests.minutes.signing.authority import Authority, Identity, signature_png
from tests.minutes.signing.conftest import Desk
from tests.minutes.signing.test_signing import give

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "246810"


def configure(app: Flask, **given: str) -> None:
    app.extensions["meetly_config"] = replace(app.extensions["meetly_config"], **given)


def run(folder: Path, *words: str) -> None:
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Identity]:
    """Put a key and its certificate on a token in a folder of the tests."""
    pkcs11 = pytest.importorskip("pkcs11")
    if not LIBRARY.exists():
        missing("SoftHSM (softhsm2)")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\n"
        "objectstore.backend = file\nlog.level = ERROR\n"
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    identity = authority.identity("Đỗ Văn Nam", curve=False)
    (folder / "key.pem").write_bytes(identity.key_pem)
    util = ["softhsm2-util", "--token", "con-so"]
    words = ("--free", "--label", "con-so", "--so-pin", "99887766", "--pin", PIN)
    run(folder, "softhsm2-util", "--init-token", *words)
    run(folder, *util, "--import", "key.pem", "--label", "ky", "--id", "01", "--pin", PIN)
    library = pkcs11.lib(str(LIBRARY))
    library.reinitialize()
    with library.get_token(token_label="con-so").open(user_pin=PIN, rw=True) as session:
        for label, cert in (("ky", identity.cert), ("ca", identity.root)):
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.LABEL: label,
                    pkcs11.Attribute.SUBJECT: cert.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: cert.public_bytes(Encoding.DER),
                }
            )
    yield identity
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def test_a_token_at_the_server_signs(
    app: Flask, desk: Desk, cast: Cast, token: Identity, roots: str
) -> None:
    configure(app, pkcs11_library=str(LIBRARY))
    source = Source(KeyKind.PKCS11, secret=PIN, token="con-so", token_key="ky")
    key = keys.add(cast.nam, source, signature_png())
    assert key.subject == cast.nam.name and key.file_key == ""
    with pytest.raises(WrongSecret):
        give(cast.nam, desk.document, key, secret="000000")
    give(cast.nam, desk.document, key, secret=PIN)
    assert verifying.verdict_on(builder.shown_pdf(desk.document), roots).trusted


def test_a_missing_token_or_library_is_said_plainly(
    app: Flask, cast: Cast, token: Identity
) -> None:
    assert not tokens.available()
    source = Source(KeyKind.PKCS11, secret=PIN, token="con-so", token_key="ky")
    with pytest.raises(NotConfigured, match="MEETLY_PKCS11_LIBRARY"):
        keys.add(cast.nam, source, b"")
    configure(app, pkcs11_library="/nowhere/lib.so")
    with pytest.raises(NotConfigured, match="/nowhere"):
        keys.add(cast.nam, source, b"")
    configure(app, pkcs11_library=str(LIBRARY))
    assert tokens.available()
    with pytest.raises(BadInput, match="Không thấy token"):
        keys.add(cast.nam, replace(source, token="khac"), b"")


@pytest.fixture
def stamping(authority: Authority, tmp_path: Path) -> Iterator[str]:
    """Serve time stamps made by openssl on a free port."""
    clock = authority.identity("Dấu thời gian thử nghiệm", curve=False, stamps=True)
    (tmp_path / "tsa.pem").write_bytes(clock.cert.public_bytes(Encoding.PEM))
    (tmp_path / "tsa.key").write_bytes(clock.key_pem)
    (tmp_path / "root.pem").write_bytes(authority.pem)
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\n"
        "signer_cert = tsa.pem\nsigner_key = tsa.key\n"
        "certs = root.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
        "digests = sha256, sha512\naccuracy = secs:1\n"
    )

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            (tmp_path / "query").write_bytes(asked)
            run(tmp_path, "openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "t",
                "-queryfile", "query", "-out", "reply")  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write((tmp_path / "reply").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Stamps)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_authority_stamps_the_time(
    app: Flask, desk: Desk, cast: Cast, stamping: str, roots: str
) -> None:
    give(cast.nam, desk.document, desk.nam)
    configure(app, tsa_url=stamping)
    give(cast.khai, desk.document, desk.khai)
    first, second = verifying.verdict_on(builder.shown_pdf(desk.document), roots).signatures
    assert first.stamped_at is None
    assert second.stamped_at is not None and second.trusted and second.holds


def test_a_silent_authority_stops_the_signature(app: Flask, desk: Desk, cast: Cast) -> None:
    configure(app, tsa_url="http://127.0.0.1:9/")
    with pytest.raises(NotConfigured, match="dấu thời gian"):
        give(cast.nam, desk.document, desk.nam)
    assert desk.document.signed_sha256 == ""
