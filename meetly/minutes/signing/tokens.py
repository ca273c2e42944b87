"""Tokens at the server (PKCS#11): where `meetly[token]` is installed and a library is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from meetly.config import settings
from meetly.errors import BadInput, NotConfigured
from meetly.minutes.signing.certificates import Hand, WrongSecret, chain_of

#: a token does one thing at a time, and its library is one for the whole process
_ONE = Lock()


def available() -> bool:
    """Say whether a token at the server can be used at all."""
    try:
        _library()
    except NotConfigured:
        return False
    return True


def certificates(token: str, key: str, pin: str) -> tuple[x509.Certificate, ...]:
    """Read the certificate of a key on a token; BadInput when neither is there."""
    with _opened(token, pin) as (pkcs11, session):
        return _chain(pkcs11, session, key)


@contextmanager
def hand(token: str, key: str, pin: str) -> Iterator[Hand]:
    """Open a token to sign; WrongSecret when the PIN is wrong. It is closed afterwards."""
    with _opened(token, pin) as (pkcs11, session):
        chain = _chain(pkcs11, session, key)
        private = _found(
            session.get_objects(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                    pkcs11.Attribute.LABEL: key,
                }
            )
        )
        yield Hand(chain, lambda data: _signed(pkcs11, private, chain[0], data))


def _signed(pkcs11: ModuleType, private: Any, cert: x509.Certificate, data: bytes) -> bytes:
    if isinstance(cert.public_key(), rsa.RSAPublicKey):
        mechanism = pkcs11.Mechanism.SHA256_RSA_PKCS
        return bytes(private.sign(data, mechanism=mechanism))
    from pkcs11.util.ec import encode_ecdsa_signature

    plain = private.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
    return bytes(encode_ecdsa_signature(plain))


@contextmanager
def _opened(token: str, pin: str) -> Iterator[tuple[ModuleType, Any]]:
    pkcs11, library = _library()
    with _ONE:
        try:
            found = library.get_token(token_label=token)
        except pkcs11.PKCS11Error as error:
            raise BadInput("Không thấy token %(token)s ở máy chủ.", token=token) from error
        try:
            session = found.open(user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
            raise WrongSecret() from error
        except pkcs11.PinLocked as error:
            raise BadInput("Token đã bị khóa vì sai mã PIN nhiều lần.") from error
        with session:
            yield pkcs11, session


def _chain(pkcs11: ModuleType, session: Any, key: str) -> tuple[x509.Certificate, ...]:
    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.LABEL: key,
    }
    everything = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
    mine = _found(session.get_objects(wanted))[pkcs11.Attribute.VALUE]
    others = [row[pkcs11.Attribute.VALUE] for row in session.get_objects(everything)]
    return chain_of([x509.load_der_x509_certificate(bytes(der)) for der in (mine, *others)])


def _found(objects: Any) -> Any:
    for one in objects:
        return one
    raise BadInput("Token không có khóa hoặc chứng thư số mang nhãn này.")


def _library() -> tuple[ModuleType, Any]:
    path = settings().pkcs11_library
    if not path:
        raise NotConfigured("Máy chủ chưa khai báo thư viện PKCS#11 (MEETLY_PKCS11_LIBRARY).")
    try:
        import pkcs11
    except ImportError as error:
        raise NotConfigured(
            "Máy chủ chưa cài phần ký bằng token; cài bằng: pip install 'meetly[token]'."
        ) from error
    try:
        return pkcs11, pkcs11.lib(path)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise NotConfigured("Không mở được thư viện PKCS#11 %(path)s.", path=path) from error
