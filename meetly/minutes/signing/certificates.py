"""Certificates and the keys that belong to them: read from files, never kept unlocked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID

from meetly.errors import BadInput

#: certificates that may lead from a signer to its root
LONGEST_CHAIN = 8
#: bits below which an RSA key is not accepted any more
SHORTEST_RSA = 2048


class WrongSecret(BadInput):
    """The passphrase or PIN does not open the key."""

    code = "WRONG_SECRET"
    message = "Mật khẩu hoặc mã PIN của khóa chưa đúng; chưa ký gì."


@dataclass(frozen=True)
class Described:
    """What a certificate says of itself."""

    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True)
class Hand:
    """Something that can sign now: a certificate with its chain, and its opened key."""

    chain: tuple[x509.Certificate, ...]
    #: signs the SHA-256 of some bytes: PKCS#1 v1.5 for RSA, DER for elliptic curves
    sign: Callable[[bytes], bytes]


def from_pkcs12(file: bytes, passphrase: str) -> Hand:
    """Open a PKCS#12 file; WrongSecret when the passphrase does not, BadInput when it is none."""
    try:
        opened = pkcs12.load_pkcs12(file, passphrase.encode() if passphrase else None)
    except ValueError as error:
        if "invalid password" in str(error).lower():
            raise WrongSecret() from error
        raise BadInput("Tệp này không phải tệp khóa PKCS#12 (.p12, .pfx).") from error
    except (TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("Tệp này không phải tệp khóa PKCS#12 (.p12, .pfx).") from error
    key, cert = opened.key, opened.cert
    if cert is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise BadInput("Tệp khóa cần có khóa riêng RSA hoặc ECDSA kèm chứng thư số.")
    others = tuple(other.certificate for other in opened.additional_certs)
    chain = chain_of([cert.certificate, *others])
    if chain[0].public_key() != key.public_key():
        raise BadInput("Khóa riêng trong tệp không thuộc chứng thư số của tệp.")
    return Hand(chain, lambda data: _signed(key, data))


def _signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    return key.sign(data, ec.ECDSA(SHA256()))


def read(file: bytes) -> tuple[x509.Certificate, ...]:
    """Read a certificate and what follows it from PEM or DER; BadInput when there is none."""
    try:
        if b"-----BEGIN" in file:
            found = x509.load_pem_x509_certificates(file)
        else:
            found = [x509.load_der_x509_certificate(file)]
    except ValueError as error:
        raise BadInput("Tệp này không phải chứng thư số (.cer, .crt, .pem).") from error
    return chain_of(found)


def chain_of(found: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the first certificate and, in order, those among the rest that lead upwards."""
    chain, rest = [found[0]], list(found[1:])
    key = chain[0].public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_RSA:
        raise BadInput("Khóa RSA cần dài ít nhất %(bits)s bit.", bits=SHORTEST_RSA)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise BadInput("Chỉ dùng được khóa RSA hoặc ECDSA.")
    while len(chain) < LONGEST_CHAIN and chain[-1].issuer != chain[-1].subject:
        above = next((c for c in rest if c.subject == chain[-1].issuer), None)
        if above is None:
            break
        rest.remove(above)
        chain.append(above)
    return tuple(chain)


def pem(chain: Sequence[x509.Certificate]) -> str:
    """Write certificates one after the other as PEM."""
    return "".join(cert.public_bytes(Encoding.PEM).decode("ascii") for cert in chain)


def described(cert: x509.Certificate) -> Described:
    """Tell whose a certificate is, who gave it and how long it is valid."""
    return Described(
        named(cert.subject), named(cert.issuer), f"{cert.serial_number:x}"[:80],
        cert.not_valid_before_utc, cert.not_valid_after_utc,
    )  # fmt: skip


def named(name: x509.Name) -> str:
    """Return the common name with the organisation, or the whole name where there is none."""
    said = [str(a.value) for a in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    said += [str(a.value) for a in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    return (", ".join(dict.fromkeys(said)) or name.rfc4514_string())[:300]


def is_signature_of(cert: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """Say whether the key of this certificate signed these bytes with SHA-256."""
    key = cert.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
