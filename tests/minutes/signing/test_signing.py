"""People sign first and the organisation last, each exactly the PDF that was shown."""

from __future__ import annotations

import shutil
import subprocess
import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from meetly import clock
from meetly.accounts import passwords
from meetly.accounts.models import User
from meetly.errors import (
    BadInput,
    MeetlyError,
    NotAllowed,
    NotFound,
    Stale,
    TooManyTries,
    WrongState,
)
from meetly.extensions import db
from meetly.minutes import kept_papers
from meetly.minutes.issuing.models import DocumentStatus, OfficialDocument
from meetly.minutes.models import Minutes
from meetly.minutes.signing import (
    appearance,
    keys,
    pades,
    places,
    planning,
    service,
    turns,
    verifying,
)
from meetly.minutes.signing.certificates import WrongSecret
from meetly.minutes.signing.keys import Source
from meetly.minutes.signing.models import KeyKind, Signature, SigningKey
from meetly.minutes.signing.places import Place
from tests.cast import Cast
from tests.conftest import missing
from tests.minutes.signing import builder
from tests.minutes.signing.authority import PASSPHRASE, Authority
from tests.minutes.signing.conftest import Desk


def give(
    user: User, document: OfficialDocument, key: SigningKey, *, shown: str = "", secret: str = ""
) -> Signature:
    """Sign the next place of a document as its page would."""
    following = turns.next_of(document)
    assert following is not None
    consent = service.Consent(following, key, shown or document.shown_sha256)
    return service.sign(user, consent, secret or PASSPHRASE, "10.0.0.1")


def sign_all(cast: Cast, desk: Desk) -> list[Signature]:
    signers = ((cast.nam, desk.nam), (cast.khai, desk.khai), (cast.nam, desk.seal))
    return [give(user, desk.document, key) for user, key in signers]


def test_minutes_need_secretary_chair_and_organisation_in_this_order(
    desk: Desk, cast: Cast
) -> None:
    rows = turns.signatures_of(desk.document)
    said = [(row.position, row.user_id, row.unit_id) for row in rows]
    assert said == [
        ("thư ký", cast.nam.id, None), ("chủ tọa", cast.khai.id, None),
        ("cơ quan", None, cast.office.id),
    ]  # fmt: skip
    assert planning.plan(desk.document) == rows


def test_each_signature_is_a_revision_behind_bytes_that_never_change(
    desk: Desk, cast: Cast, roots: str
) -> None:
    first = desk.document.pdf_sha256
    signed = sign_all(cast, desk)
    chain = [first, *(row.after_sha256 for row in signed)]
    assert [row.before_sha256 for row in signed] == chain[:-1]
    papers = [kept_papers.read(sha256, "pdf") for sha256 in chain]
    for before, after in pairwise(papers):
        assert after.startswith(before) and len(after) > len(before)
    assert desk.document.status == DocumentStatus.SIGNED
    assert desk.document.shown_sha256 == chain[-1]
    for count, paper in enumerate(papers[1:], 1):
        verdict = verifying.verdict_on(paper, roots)
        assert verdict.trusted and len(verdict.signatures) == count
    assert [one.subject for one in verdict.signatures] == [
        cast.nam.name, cast.khai.name, "Văn phòng UBND tỉnh",
    ]  # fmt: skip


def test_another_program_finds_the_signatures_valid(desk: Desk, cast: Cast, tmp_path: Path) -> None:
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        missing("pdfsig (poppler-utils)")
    sign_all(cast, desk)
    path = tmp_path / "signed.pdf"
    path.write_bytes(builder.shown_pdf(desk.document))
    said = subprocess.run(
        [str(pdfsig), "-nocert", str(path)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert said.count("Signature is Valid") == 3
    assert said.count("ETSI.CAdES.detached") == 3
    assert "Total document signed" in said


def only_what_was_shown_is_signed(desk: Desk, cast: Cast) -> None:
    shown = desk.document.shown_sha256
    give(cast.nam, desk.document, desk.nam)
    with pytest.raises(Stale):
        give(cast.khai, desk.document, desk.khai, shown=shown)
    assert desk.document.status == DocumentStatus.SIGNING


def test_nobody_signs_bytes_that_were_not_shown(desk: Desk, cast: Cast) -> None:
    only_what_was_shown_is_signed(desk, cast)


def test_the_check_sees_signing_that_compares_nothing(
    desk: Desk, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_require_shown", lambda document, sha256: None)
    with pytest.raises((pytest.fail.Exception, MeetlyError)):
        only_what_was_shown_is_signed(desk, cast)


def test_two_people_with_one_place_sign_it_once(app: Flask, desk: Desk, cast: Cast) -> None:
    """The seal is pressed from two desks at the same moment: one revision comes of it."""
    give(cast.nam, desk.document, desk.nam)
    give(cast.khai, desk.document, desk.khai)
    shown, document_id, key_id, user_id = (
        desk.document.shown_sha256, desk.document.id, desk.seal.id, cast.nam.id,
    )  # fmt: skip
    db.session.commit()
    together, outcomes = threading.Barrier(2), []

    def press() -> None:
        with app.app_context():
            document = db.session.get_one(OfficialDocument, document_id)
            user, key = db.session.get_one(User, user_id), db.session.get_one(SigningKey, key_id)
            seal = turns.signatures_of(document)[-1]
            db.session.rollback()
            together.wait(20)
            try:
                service.sign(user, service.Consent(seal, key, shown), PASSPHRASE)
                db.session.commit()
                outcomes.append("signed")
            except MeetlyError as error:
                db.session.rollback()
                outcomes.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["WRONG_STATE", "signed"]


def test_everyone_waits_for_their_turn(desk: Desk, cast: Cast) -> None:
    with pytest.raises(WrongState):
        give(cast.khai, desk.document, desk.khai)
    with pytest.raises(NotAllowed):
        give(cast.hoa, desk.document, desk.khai)
    with pytest.raises(BadInput):
        give(cast.nam, desk.document, desk.seal)  # the seal is not a person's signature
    sign_all(cast, desk)
    assert turns.next_of(desk.document) is None
    with pytest.raises(WrongState):
        service.require_turn(cast.nam, desk.document)


def test_a_document_shows_to_those_who_keep_or_sign_it_only(desk: Desk, cast: Cast) -> None:
    for user in (cast.nam, cast.khai):
        assert service.document_for(user, desk.document.id) is desk.document
    for user in (cast.hoa, cast.long, cast.quan, cast.la):
        with pytest.raises(NotFound):
            service.document_for(user, desk.document.id)


def test_a_wrong_passphrase_signs_nothing_and_slows_the_next_try(desk: Desk, cast: Cast) -> None:
    for _ in range(passwords.FREE_TRIES):
        with pytest.raises(WrongSecret):
            give(cast.nam, desk.document, desk.nam, secret="sai")
        db.session.commit()
    with pytest.raises(TooManyTries):
        give(cast.nam, desk.document, desk.nam)
    assert desk.document.status == DocumentStatus.REGISTERED


def test_retired_expired_and_foreign_keys_do_not_sign(
    desk: Desk, cast: Cast, authority: Authority
) -> None:
    keys.retire(cast.nam, desk.nam)
    with pytest.raises(BadInput):
        give(cast.nam, desk.document, desk.nam)
    late = builder.person_key(cast.nam, authority.identity(cast.nam.name))
    late.valid_to = clock.now() - timedelta(minutes=1)
    with pytest.raises(BadInput):
        give(cast.nam, desk.document, late)
    with pytest.raises(BadInput):
        give(cast.nam, desk.document, desk.khai)
    with pytest.raises(BadInput, match="hết hạn"):
        builder.person_key(cast.nam, authority.identity(cast.nam.name, days=-1))
    with pytest.raises(NotFound):
        keys.add(cast.hoa, Source(KeyKind.ELSEWHERE), b"", unit=cast.office)


def test_the_passphrase_is_kept_nowhere(desk: Desk, cast: Cast, app: Flask) -> None:
    sign_all(cast, desk)
    db.session.commit()
    for path in Path(app.extensions["meetly_files"]).parent.rglob("*"):
        if path.is_file():
            assert PASSPHRASE.encode() not in path.read_bytes(), path


@pytest.mark.office
def test_on_a_printed_page_the_pictures_stand_between_post_and_name(
    cast: Cast, minutes: Minutes, authority: Authority
) -> None:
    docx = kept_papers.read(minutes_sha256(minutes))
    document = builder.document(cast.nam, minutes, builder.printed(docx))
    give(cast.nam, document, builder.person_key(cast.nam, authority.identity("Nam")))
    give(cast.khai, document, builder.person_key(cast.khai, authority.identity("Khải")))
    give(cast.nam, document, builder.seal_key(cast, authority.identity("Văn phòng")))
    pdf = builder.shown_pdf(document)
    lines = appearance.words_of(pdf)
    for field, post, name in (
        ("ThuKy", "THƯ KÝ", cast.nam.name),
        ("ChuToa", "CHỦ TỌA", cast.khai.name),
    ):
        place = pades.place_of(pdf, field)
        assert place is not None and overlapped(lines, place) == []
        under = next(at for at in lines if at.text == name and at.page == place.page)
        above = next(at for at in lines if at.text == post and at.page == place.page)
        assert under.box.top <= place.box.bottom < place.box.top <= above.box.bottom
        assert abs(place.box.middle - under.box.middle) < 2
        assert place.box.height > 25
    seal, chair = pades.place_of(pdf, "CoQuan"), pades.place_of(pdf, "ChuToa")
    assert seal is not None and chair is not None
    covered = (seal.box.right - chair.box.left) / chair.box.width
    assert covered == pytest.approx(1 / 3, abs=0.02) and seal.box.left < chair.box.left
    assert seal.box.width == pytest.approx(places.SEAL_MM * places.POINTS_PER_MM, abs=1.5)
    assert is_coloured(service.page_picture(document, seal.page + 1)[0])


def minutes_sha256(minutes: Minutes) -> str:
    from meetly.minutes.approval import approval_of

    found = approval_of(minutes)
    assert found is not None
    return found.minutes_sha256


def overlapped(lines: list[places.Line], place: Place) -> list[str]:
    """List the words a box lies on."""
    box = place.box
    return [
        line.text
        for line in lines
        if line.page == place.page
        and min(line.box.right, box.right) - max(line.box.left, box.left) > 0.5
        and min(line.box.top, box.top) - max(line.box.bottom, box.bottom) > 0.5
    ]


def is_coloured(picture: bytes) -> bool:
    """Say whether a page shows blue and red ink."""
    import io

    from PIL import Image

    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    counted = shown.getcolors(shown.width * shown.height) or []
    blue = sum(n for n, (r, g, b) in counted if b > 140 and r < 90 and g < 110)  # type: ignore[misc]
    red = sum(n for n, (r, g, b) in counted if r > 150 and g < 90 and b < 90)  # type: ignore[misc]
    return blue > 500 and red > 500


def test_words_stand_where_there_is_no_picture(
    cast: Cast, minutes: Minutes, authority: Authority
) -> None:
    pdf = builder.plain_pdf(("THƯ KÝ", cast.nam.name), ("CHỦ TỌA", cast.khai.name))
    document = builder.document(cast.nam, minutes, pdf)
    key = builder.person_key(cast.nam, authority.identity("Nam"), picture=False)
    give(cast.nam, document, key)
    drawn = kept_papers.read(document.shown_sha256, "pdf")
    assert drawn.count(b"/FontFile2") > pdf.count(b"/FontFile2")  # embedded, not borrowed
    place = pades.place_of(drawn, "ThuKy")
    assert place is not None and overlapped(appearance.words_of(pdf), place) == []


def test_a_document_that_does_not_name_the_signer_is_not_signed_anywhere(
    cast: Cast, minutes: Minutes, authority: Authority
) -> None:
    document = builder.document(cast.nam, minutes, builder.plain_pdf(("THƯ KÝ", "Người Khác")))
    key = builder.person_key(cast.nam, authority.identity("Nam"))
    with pytest.raises(BadInput, match="Không tìm thấy chỗ ký"):
        give(cast.nam, document, key)
