"""A hash is given out, signed at the signer's own computer, and comes back once or not at all."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from meetly import arriving, clock
from meetly.accounts.models import User
from meetly.errors import MeetlyError, NotFound, Stale, WrongState
from meetly.extensions import db
from meetly.minutes.issuing.models import DocumentStatus
from meetly.minutes.signing import keys, pades, service, turns, verifying
from meetly.minutes.signing.keys import Source
from meetly.minutes.signing.models import KeyKind, PreparedSignature, SigningKey
from meetly.storage import files
from tests.cast import Cast
from tests.minutes.signing import builder
from tests.minutes.signing.authority import Authority, Identity, signature_png
from tests.minutes.signing.conftest import Desk
from tests.minutes.signing.test_signing import give


@pytest.fixture
def at_home(cast: Cast, authority: Authority) -> tuple[Identity, SigningKey]:
    """Nam's token lies at Nam's computer; Meetly knows its certificate alone."""
    identity = authority.identity(cast.nam.name)
    source = Source(KeyKind.ELSEWHERE, identity.pem)
    return identity, keys.add(cast.nam, source, signature_png())


def ask(user: User, desk: Desk, key: SigningKey) -> PreparedSignature:
    following = turns.next_of(desk.document)
    assert following is not None
    row = service.prepare(user, service.Consent(following, key, desk.document.shown_sha256))
    db.session.commit()
    return row


def signed_by(identity: Identity, row: PreparedSignature) -> bytes:
    """Sign as a token does: the attributes, nothing else."""
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    return identity.key.sign(bytes.fromhex(row.attributes), ec.ECDSA(SHA256()))


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)


def test_a_bare_signature_made_elsewhere_is_put_into_the_document(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey], roots: str
) -> None:
    identity, key = at_home
    row = ask(cast.nam, desk, key)
    service.complete(cast.nam, row, signed_by(identity, row))
    verdict = verifying.verdict_on(builder.shown_pdf(desk.document), roots)
    assert verdict.trusted and verdict.signatures[0].subject == cast.nam.name
    give(cast.khai, desk.document, desk.khai)  # who comes after signs as ever
    assert verifying.verdict_on(builder.shown_pdf(desk.document), roots).trusted


def test_a_prepared_pdf_goes_once_nobody_can_sign_it(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(cast.nam, desk, at_home[1])
    long_ago = time.time() - 2 * arriving.GRACE
    for kept in (row.file_key, desk.nam.file_key):
        os.utime(files.path(kept), (long_ago, long_ago))
    assert service.sweep_prepared() == 0 and service.content_of(row)
    later = row.expires_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert service.sweep_prepared() == 1 and not files.exists(row.file_key)
    assert files.exists(desk.nam.file_key), "the keys that sign are no part of it"
    with pytest.raises(WrongState):
        service.content_of(row)


def test_openssl_signs_the_attributes(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey], tmp_path: Path
) -> None:
    identity, key = at_home
    row = ask(cast.nam, desk, key)
    (tmp_path / "key.pem").write_bytes(identity.key_pem)
    (tmp_path / "attributes.bin").write_bytes(bytes.fromhex(row.attributes))
    openssl(tmp_path, "dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "attributes.bin")
    service.complete(cast.nam, row, (tmp_path / "signature").read_bytes())
    assert verifying.verdict_on(builder.shown_pdf(desk.document)).holds


def test_openssl_makes_the_whole_container(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey], tmp_path: Path, roots: str
) -> None:
    identity, key = at_home
    row = ask(cast.nam, desk, key)
    (tmp_path / "key.pem").write_bytes(identity.key_pem)
    (tmp_path / "cert.pem").write_bytes(identity.pem)
    (tmp_path / "content.bin").write_bytes(service.content_of(row))
    openssl(
        tmp_path, "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", "content.bin",
        "-signer", "cert.pem", "-inkey", "key.pem", "-outform", "DER", "-out", "signed.p7s",
    )  # fmt: skip
    service.complete(cast.nam, row, (tmp_path / "signed.p7s").read_bytes())
    assert verifying.verdict_on(builder.shown_pdf(desk.document), roots).trusted


def refused(
    cast: Cast, desk: Desk, row: PreparedSignature, answer: bytes, why: type[MeetlyError]
) -> None:
    before = desk.document.shown_sha256
    with pytest.raises(why):
        service.complete(cast.nam, row, answer)
    db.session.rollback()
    db.session.refresh(desk.document)
    assert desk.document.shown_sha256 == before


def test_what_is_not_a_signature_of_this_very_document_is_refused(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey], authority: Authority
) -> None:
    identity, key = at_home
    row, other = ask(cast.nam, desk, key), ask(cast.nam, desk, key)
    stranger = authority.identity(cast.nam.name)  # the same name, another key
    refused(cast, desk, row, signed_by(stranger, row), pades.WrongSignature)
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    of_digest = identity.key.sign(bytes.fromhex(row.digest), ec.ECDSA(SHA256()))
    refused(cast, desk, row, of_digest, pades.WrongSignature)
    if other.attributes != row.attributes:
        refused(cast, desk, row, signed_by(identity, other), pades.WrongSignature)
    refused(cast, desk, row, b"", pades.WrongSignature)
    refused(cast, desk, row, b"\x30\x82" + b"\xff" * 900, pades.WrongSignature)


def test_a_hash_is_used_once_and_in_time(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey]
) -> None:
    identity, key = at_home
    late, row = ask(cast.nam, desk, key), ask(cast.nam, desk, key)
    late.expires_at -= service.VALID_FOR + timedelta(seconds=1)
    db.session.commit()
    refused(cast, desk, late, signed_by(identity, late), WrongState)
    service.complete(cast.nam, row, signed_by(identity, row))
    db.session.commit()
    refused(cast, desk, row, signed_by(identity, row), WrongState)


def test_a_hash_is_worth_nothing_once_the_document_moved_on(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey]
) -> None:
    identity, key = at_home
    row = ask(cast.nam, desk, key)
    give(cast.nam, desk.document, desk.nam)
    db.session.commit()
    refused(cast, desk, row, signed_by(identity, row), WrongState)
    desk.document.status = DocumentStatus.REGISTERED
    turns.signatures_of(desk.document)[0].signed_at = None
    db.session.commit()
    refused(cast, desk, row, signed_by(identity, row), Stale)


def test_nobody_else_takes_up_a_hash(
    desk: Desk, cast: Cast, at_home: tuple[Identity, SigningKey]
) -> None:
    row = ask(cast.nam, desk, at_home[1])
    with pytest.raises(NotFound):
        service.get_prepared(cast.khai, row.id)
