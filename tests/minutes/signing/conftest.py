"""An authority, and minutes of the sample briefing approved, printed and waiting to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from meetly.extensions import db
from meetly.minutes.issuing.models import OfficialDocument
from meetly.minutes.models import Minutes
from meetly.minutes.signing.models import SigningKey
from tests.cast import Cast
from tests.minutes.signing import builder
from tests.minutes.signing.authority import Authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def roots(authority: Authority, tmp_path: Path) -> str:
    """The file in which an operator names the roots the office trusts."""
    path = tmp_path / "roots.pem"
    path.write_bytes(authority.pem)
    return str(path)


@pytest.fixture
def minutes(cast: Cast) -> Minutes:
    return builder.approved(cast)


@dataclass(frozen=True)
class Desk:
    """A document on the desk, and the keys of those who sign it."""

    document: OfficialDocument
    nam: SigningKey
    khai: SigningKey
    seal: SigningKey


@pytest.fixture
def desk(cast: Cast, minutes: Minutes, authority: Authority) -> Desk:
    """A page with the two signature blocks of minutes; the layout is no matter."""
    pdf = builder.plain_pdf(("THƯ KÝ", cast.nam.name), ("CHỦ TỌA", cast.khai.name))
    made = Desk(
        builder.document(cast.nam, minutes, pdf),
        builder.person_key(cast.nam, authority.identity(cast.nam.name)),
        builder.person_key(cast.khai, authority.identity(cast.khai.name, curve=False)),
        builder.seal_key(cast, authority.identity("Văn phòng UBND tỉnh")),
    )
    db.session.commit()
    return made
