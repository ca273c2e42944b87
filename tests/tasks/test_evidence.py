"""Evidence: judged by its bytes, shown to whom the task is shown, nothing typed lost with it."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetly import arriving
from meetly.accounts.models import User
from meetly.config import Config
from meetly.extensions import db
from meetly.storage import files
from meetly.tasks import evidence, service
from meetly.tasks.models import Evidence, Progress, Task
from tests.cast import Cast
from tests.materials import hostile, samples
from workers import tidy_uploads

SignIn = Callable[[User], FlaskClient]


def sent(*named: tuple[str, bytes], text: str = "Đã đổ xong nền đường.") -> dict[str, object]:
    return {
        "text": text, "percent": "60",
        "files": [(io.BytesIO(content), name) for name, content in named],
    }  # fmt: skip


def kept() -> list[str]:
    folder = files.path(f"{evidence.FOLDER}/x").parent
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_report_brings_photos_and_files(task: Task, cast: Cast, sign_in: SignIn) -> None:
    bones = samples.office("xl/workbook.xml")
    data = sent(("ảnh công trường.JPG", samples.picture((80, 60))), ("bang.xlsx", bones)) | {
        "photo": (io.BytesIO(samples.png()), "image.png")
    }
    answer = sign_in(cast.hoa).post(f"/tasks/{task.id}/report", data=data)
    assert answer.status_code == 302
    photo, table, dot = db.session.scalars(select(Evidence).order_by(Evidence.id))
    assert (photo.name, photo.media_type) == ("ảnh công trường.jpg", "image/jpeg")
    assert len(kept()) == 3
    for reader in (cast.sinh, cast.khai, cast.nam):
        page = sign_in(reader).get(f"/tasks/{task.id}").text
        assert f'<img src="/tasks/evidence/{photo.id}"' in page and "bang.xlsx" in page
    shown = sign_in(cast.khai).get(f"/tasks/evidence/{photo.id}")
    assert shown.data == samples.picture((80, 60)) and shown.mimetype == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"].startswith("inline")
    saved = sign_in(cast.khai).get(f"/tasks/evidence/{table.id}")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    for stranger in (cast.la, cast.chau, cast.long):
        for proof in (photo, table, dot):
            assert sign_in(stranger).get(f"/tasks/evidence/{proof.id}").status_code == 404


def test_a_refused_file_loses_no_word_and_leaves_nothing(
    task: Task, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.hoa)
    words = "Đã vận động bốn hộ <b>xong</b>."
    refused = {
        "anh.jpg": b"<script>alert(1)</script>\x00", "nen.zip": samples.plain_zip(),
        "macro.docx": samples.macro_docx(), "rong.pdf": b"", "to.png": hostile.png_of(60000, 60000),
    }  # fmt: skip
    for where in ("report", "claim"):
        data = sent(("tot.png", samples.png()), *refused.items(), text=words)
        answer = browser.post(f"/tasks/{task.id}/{where}", data=data)
        assert answer.status_code == 422
        assert "Đã vận động bốn hộ &lt;b&gt;xong&lt;/b&gt;." in answer.text
        for name in refused:
            assert f"“{name}”" in answer.text
        assert "“tot.png”" not in answer.text
    assert kept() == [] and db.session.scalars(select(Progress)).all() == []
    db.session.refresh(task)
    assert task.started_at is None and task.claimed_at is None


def test_not_too_many_and_not_too_large(
    app: Flask, config: Config, task: Task, cast: Cast, sign_in: SignIn
) -> None:
    app.extensions["meetly_config"] = replace(config, largest_evidence=100, most_evidence=2)
    browser = sign_in(cast.hoa)
    three = [(f"{n}.txt", f"ảnh {n}".encode()) for n in range(3)]
    answer = browser.post(f"/tasks/{task.id}/report", data=sent(*three))
    assert answer.status_code == 422 and "tối đa 2 tệp" in answer.text
    large = ("to.txt", b"x" * 101)
    answer = browser.post(f"/tasks/{task.id}/report", data=sent(large))
    assert answer.status_code == 422 and "“to.txt”: Tệp lớn hơn" in answer.text
    assert kept() == []
    twice = [("mot.txt", b"mot"), ("hai.txt", b"mot")]
    assert browser.post(f"/tasks/{task.id}/report", data=sent(*twice)).status_code == 302
    assert [proof.name for proof in db.session.scalars(select(Evidence))] == ["mot.txt"]


def test_what_comes_too_late_keeps_its_words_and_no_file(
    task: Task, cast: Cast, sign_in: SignIn
) -> None:
    service.cancel(cast.khai, task, "Giao đơn vị khác.")
    data = sent(("a.png", samples.png()), text="Tôi đã làm gần xong.")
    answer = sign_in(cast.hoa).post(f"/tasks/{task.id}/report", data=data)
    assert answer.status_code == 409 and "Tôi đã làm gần xong." in answer.text
    assert kept() == []


def test_who_may_not_report_sends_no_file(task: Task, cast: Cast, sign_in: SignIn) -> None:
    data = sent(("a.png", samples.png()))
    assert sign_in(cast.khai).post(f"/tasks/{task.id}/report", data=data).status_code == 403
    data = sent(("a.png", samples.png()))
    assert sign_in(cast.la).post(f"/tasks/{task.id}/report", data=data).status_code == 404
    assert kept() == []


def test_a_forged_report_is_refused(app: Flask, task: Task, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.hoa)
    app.config["WTF_CSRF_ENABLED"] = True
    for where in ("report", "claim"):
        answer = browser.post(f"/tasks/{task.id}/{where}", data=sent(("a.png", samples.png())))
        assert answer.status_code == 400 and "hết" in answer.text
    assert kept() == [] and db.session.scalars(select(Progress)).all() == []


def test_files_without_a_report_are_swept_and_no_others(task: Task, cast: Cast) -> None:
    lost = evidence.receive([("lac.png", io.BytesIO(samples.png()))])
    proofs = evidence.receive([("con.txt", io.BytesIO(b"con"))])
    service.report(cast.hoa, task, "Có tệp.", 10, proofs)
    db.session.commit()
    old = time.time() - 2 * arriving.GRACE
    for proof in (*lost, *proofs):
        os.utime(files.path(proof.key), (old, old))
    tidy_uploads.run()
    assert not files.exists(lost[0].key) and files.exists(proofs[0].key)
