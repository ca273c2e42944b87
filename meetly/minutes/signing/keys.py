"""Verbs of signing keys: add one for oneself or for a unit's seal, open it, retire it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography import x509
from sqlalchemy import or_, select

from meetly import audit, clock
from meetly.accounts import passwords
from meetly.accounts import service as accounts
from meetly.accounts.models import Role, Unit, User
from meetly.errors import BadInput, NotFound, WrongState
from meetly.extensions import db
from meetly.minutes.signing import certificates, pictures, tokens
from meetly.minutes.signing.certificates import Hand, WrongSecret
from meetly.minutes.signing.models import KeyKind, Signature, SigningKey
from meetly.storage import files

#: bytes of a PKCS#12 file or of certificates
LARGEST = 256 << 10
#: who may add and use the seal of a unit
SEALERS = (Role.SECRETARY, Role.ADMIN)


@dataclass(frozen=True)
class Source:
    """What a person gives to add a key: a file, a token with its PIN, or a certificate alone."""

    kind: KeyKind
    #: PKCS#12 file, or the certificate of a key that lies elsewhere
    file: bytes = b""
    secret: str = ""
    token: str = ""
    token_key: str = ""


def add(
    user: User, source: Source, picture: bytes, *, unit: Unit | None = None, address: str = ""
) -> SigningKey:
    """Add a key for oneself, or for the seal of a unit; BadInput says what does not fit."""
    if unit is not None and not accounts.roles_in(user, unit.id) & set(SEALERS):
        raise NotFound()
    if len(source.file) > LARGEST:
        raise BadInput("Tệp khóa hoặc chứng thư số lớn hơn 256 KB.")
    drawn = pictures.checked(picture) if picture else b""
    chain = _chain(user, source, address)
    said = certificates.described(chain[0])
    if said.valid_to <= clock.now():
        raise BadInput("Chứng thư số này đã hết hạn.")
    key = SigningKey(
        user_id=None if unit else user.id, unit_id=unit.id if unit else None, kind=source.kind,
        certificates=certificates.pem(chain), subject=said.subject, issuer=said.issuer,
        serial=said.serial, valid_from=said.valid_from, valid_to=said.valid_to,
        file_key=_kept(source.file, "p12") if source.kind == KeyKind.PKCS12 else "",
        token=source.token, token_key=source.token_key, picture_key=_kept(drawn, "png"),
        created_at=clock.now(), created_by_id=user.id,
    )  # fmt: skip
    db.session.add(key)
    db.session.flush()
    audit.record(user.id, "signing.add_key", key, subject=said.subject, serial=said.serial)
    return key


def mine(user: User) -> list[SigningKey]:
    """List the keys a person may use or look after, those in use first."""
    units = [unit.id for unit in sealing_units(user)]
    query = select(SigningKey).where(
        or_(SigningKey.user_id == user.id, SigningKey.unit_id.in_(units))
    )
    found = db.session.scalars(query.order_by(SigningKey.id.desc()))
    return sorted(found, key=lambda key: key.retired_at is not None)


def sealing_units(user: User) -> list[Unit]:
    """List the units whose seal a person looks after."""
    return accounts.units_as(user, *SEALERS)


def get(user: User, key_id: int) -> SigningKey:
    """Return a key the person may use or look after; NotFound otherwise."""
    key = db.session.get(SigningKey, key_id)
    if key is None:
        raise NotFound()
    held = accounts.roles_in(user, key.unit_id) if key.unit_id else set()
    if key.user_id != user.id and not held & set(SEALERS):
        raise NotFound()
    return key


def fitting(user: User, signature: Signature) -> list[SigningKey]:
    """List the keys with which a person can give this signature now."""
    now = clock.now()
    return [
        key
        for key in mine(user)
        if key.retired_at is None
        and key.valid_from <= now < key.valid_to
        and (key.user_id, key.unit_id)
        == ((None, signature.unit_id) if signature.unit_id else (signature.user_id, None))
    ]


def retire(user: User, key: SigningKey) -> str:
    """Use a key no more; what it signed stays valid.

    Returns under which key of the store its locked file lies: to be deleted after the commit.
    """
    if key.retired_at is not None:
        raise WrongState("Khóa này đã ngừng dùng.")
    key.retired_at = clock.now()
    locked, key.file_key = key.file_key, ""
    audit.record(user.id, "signing.retire_key", key)
    return locked


def picture_of(key: SigningKey) -> bytes:
    """Return the picture of a signature or seal; empty when there is none."""
    return files.read(key.picture_key) if key.picture_key else b""


def chain_of(key: SigningKey) -> tuple[x509.Certificate, ...]:
    """Return the certificate of a key with those that lead to its root."""
    return certificates.read(key.certificates.encode("ascii"))


@contextmanager
def opened(user: User, key: SigningKey, secret: str, address: str) -> Iterator[Hand]:
    """Open a key with its passphrase or PIN; WrongSecret counts, and the next try has to wait.

    The caller commits also when WrongSecret was raised, or the failure is forgotten.
    """
    name = f"signing-key {key.id}"
    passwords.refuse_hasty(name, address)
    try:
        if key.kind == KeyKind.PKCS12:
            hand = certificates.from_pkcs12(files.read(key.file_key), secret)
            passwords.forget_failures(name, address)
            yield hand
        elif key.kind == KeyKind.PKCS11:
            with tokens.hand(key.token, key.token_key, secret) as hand:
                if hand.chain[0] != chain_of(key)[0]:
                    raise BadInput("Token ở máy chủ không còn giữ khóa đã khai báo.")
                passwords.forget_failures(name, address)
                yield hand
        else:
            raise WrongState("Khóa này nằm ở máy của người ký; hãy tải mã cần ký về.")
    except WrongSecret:
        passwords.note_failure(name, address)
        audit.record(user.id, "signing.wrong_secret", key)
        raise


def _chain(user: User, source: Source, address: str) -> Sequence[x509.Certificate]:
    """Read the certificate, opening the key once to see that the secret fits."""
    if source.kind == KeyKind.ELSEWHERE:
        return certificates.read(source.file)
    name = f"new signing-key of {user.login}"
    passwords.refuse_hasty(name, address)
    try:
        if source.kind == KeyKind.PKCS12:
            return certificates.from_pkcs12(source.file, source.secret).chain
        return tokens.certificates(source.token, source.token_key, source.secret)
    except WrongSecret:
        passwords.note_failure(name, address)
        raise


def _kept(content: bytes, ending: str) -> str:
    if not content:
        return ""
    key = f"signing/{uuid.uuid4().hex}.{ending}"
    files.write(key, [content])
    return key
