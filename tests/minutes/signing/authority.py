"""A certificate authority of the tests, with the keys and pictures of people who sign."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, ImageDraw

PASSPHRASE = "câu mở khóa của thử nghiệm"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Identity:
    """A key with its certificate and the root that gave it."""

    key: Key
    cert: x509.Certificate
    root: x509.Certificate

    @property
    def p12(self) -> bytes:
        """The key as an office gets it: a locked file with the chain in it."""
        locked = BestAvailableEncryption(PASSPHRASE.encode())
        return pkcs12.serialize_key_and_certificates(
            b"ky", self.key, self.cert, [self.root], locked
        )

    @property
    def pem(self) -> bytes:
        """The certificate with its root."""
        return self.cert.public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The bare key, as it lies on a signer's own computer."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Authority:
    """Gives certificates."""

    def __init__(self, name: str = "CA thử nghiệm") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.root = (
            _begun(self.name, self.name, self.key, days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(keys=True), critical=True)
            .sign(self.key, SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The root."""
        return self.root.public_bytes(Encoding.PEM)

    def identity(
        self, name: str, *, curve: bool = True, days: int = 365, stamps: bool = False
    ) -> Identity:
        """Give a key and its certificate."""
        key: Key = (
            ec.generate_private_key(ec.SECP256R1())
            if curve
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        begun = (
            _begun(_name(name), self.name, key, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(keys=False), critical=True)
        )
        if stamps:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            begun = begun.add_extension(only, critical=True)
        return Identity(key, begun.sign(self.key, SHA256()), self.root)


def _begun(subject: x509.Name, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    start = now - timedelta(days=1) if days > 0 else now - timedelta(days=30)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(now + timedelta(days=days))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, keys: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not keys, content_commitment=not keys, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=keys, crl_sign=keys,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def signature_png() -> bytes:
    """Draw a signature in blue on nothing."""
    picture = Image.new("RGBA", (640, 260), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    points = [(20 + x, 130 + 90 * math.sin(x / 38) * math.cos(x / 97)) for x in range(0, 600, 4)]
    pen.line(points, fill=(20, 50, 200, 255), width=9, joint="curve")
    return _png(picture)


def seal_png() -> bytes:
    """Draw a round seal in red on nothing."""
    picture = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    red = (210, 20, 30, 235)
    pen.ellipse((6, 6, 594, 594), outline=red, width=14)
    pen.ellipse((110, 110, 490, 490), outline=red, width=8)
    star = [
        (300 + r * math.sin(a * math.pi / 5), 300 - r * math.cos(a * math.pi / 5))
        for a, r in ((a, 120 if a % 2 == 0 else 48) for a in range(10))
    ]
    pen.polygon(star, fill=red)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
