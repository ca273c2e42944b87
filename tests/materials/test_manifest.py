"""What a pack says it holds: names every system can keep, differences that lose nothing."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meetly.materials.packs.manifest import (
    Manifest,
    Paper,
    canonical,
    difference,
    digest,
    manifest,
    safe_name,
)

MEETING = {
    "id": 1, "title": "Giao ban", "unit": "Văn phòng", "starts_at": "2099-11-23T08:00:00+07:00",
    "ends_at": "2099-11-23T09:30:00+07:00", "place": "Phòng họp số 1",
    "agenda": [
        {"ordinal": 1, "title": "Giải ngân: 9/10?", "unit": "Sở Tài chính"},
        {"ordinal": 2, "title": "CON", "unit": ""},
    ],
}  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def paper(material_id: int = 1, **given: Any) -> Paper:
    told = {
        "version_id": material_id, "number": 1, "ordinal": 1, "title": "Báo cáo",
        "filename": "Báo cáo.pdf", "media_type": "application/pdf", "size": 10,
        "sha256": hashlib.sha256(str(material_id).encode()).hexdigest(),
        "dated": "2099-11-20T07:00:00+07:00",
    }  # fmt: skip
    return Paper(material_id=material_id, **{**told, **given})


def paths(made: Manifest) -> list[str]:
    return [file["path"] for file in made["files"]]


def test_a_paper_lies_in_the_folder_of_its_point() -> None:
    made = manifest(MEETING, [paper(1), paper(2, ordinal=0)])
    assert paths(made) == ["1. Giải ngân 9 10/Báo cáo.pdf", "0. Tài liệu chung/Báo cáo.pdf"]


def test_papers_of_one_name_get_places_of_their_own_capitals_or_not() -> None:
    made = manifest(MEETING, [paper(1), paper(2), paper(3, filename="BÁO CÁO.PDF")])
    assert paths(made)[1:] == [
        "1. Giải ngân 9 10/Báo cáo (2).pdf", "1. Giải ngân 9 10/BÁO CÁO (3).PDF",
    ]  # fmt: skip


def test_a_mark_that_is_taken_already_is_no_way_out() -> None:
    names = ["a (3).pdf", "a.pdf", "a.pdf"]
    made = manifest(MEETING, [paper(n + 1, filename=name) for n, name in enumerate(names)])
    assert len(set(paths(made))) == 3


def test_no_name_is_a_device_of_windows() -> None:
    assert [safe_name(name) for name in ("CON", "nul.txt", "com1.tar.gz", "conte.txt")] == [
        "_CON", "_nul.txt", "_com1.tar.gz", "conte.txt",
    ]  # fmt: skip


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, min_size=2, max_size=2))
def test_every_path_is_safe_and_the_only_one(names: list[str], titles: list[str]) -> None:
    points = [{"ordinal": n + 1, "title": t, "unit": ""} for n, t in enumerate(titles)]
    papers = [paper(n, filename=name, ordinal=n % 3) for n, name in enumerate(names)]
    found = paths(manifest({**MEETING, "agenda": points}, papers))
    assert len({path.casefold() for path in found}) == len(names)
    for path in found:
        folder, name = path.split("/")
        for part in (folder, name):
            assert part == part.strip(" ") and not part.endswith(".")
            assert not set(part) & set('<>:"\\|?*') and len(part) <= 125
            assert not any(unicodedata.category(mark).startswith("C") for mark in part)
            assert part not in ("", ".", "..")


def test_equal_papers_give_an_equal_digest_and_any_other_byte_another() -> None:
    made = manifest(MEETING, [paper(1), paper(2)])
    again = manifest(dict(reversed(MEETING.items())), [paper(1), paper(2)])
    assert canonical(made) == canonical(again) and digest(made) == digest(again)
    for other in (
        manifest(MEETING, [paper(1)]),
        manifest(MEETING, [paper(1), paper(2, sha256="0" * 64)]),
        manifest({**MEETING, "place": "Phòng khác"}, [paper(1), paper(2)]),
        manifest(MEETING, [paper(1), paper(2)], made_for={"id": 1, "name": "Nam"}),
        manifest(MEETING, [paper(1), paper(2)], [{"ordinal": 1, "title": "Mật"}]),
    ):
        assert digest(other) != digest(made)


FILES = st.lists(
    st.builds(
        paper,
        st.integers(1, 6),
        sha256=st.sampled_from(["a" * 64, "b" * 64]),
        ordinal=st.integers(0, 2),
        filename=st.sampled_from(["a.pdf", "A.pdf", "b.docx"]),
    ),
    unique_by=lambda each: each.material_id,
    max_size=6,
)


@given(FILES, FILES)
def test_an_old_pack_with_the_difference_is_the_new_pack(
    before: list[Paper], after: list[Paper]
) -> None:
    old, new = manifest(MEETING, before), manifest(MEETING, after)
    told = difference(old, new)
    folder = {file["path"]: file["sha256"] for file in old["files"]}
    for file in told.removed:
        del folder[file["path"]]
    folder.update({file["path"]: file["sha256"] for file in told.sent})
    assert folder == {file["path"]: file["sha256"] for file in new["files"]}
    assert len(told.sent) + len(told.same) == len(after)


def test_a_newer_version_of_one_paper_is_all_that_differs() -> None:
    old = manifest(MEETING, [paper(1), paper(2), paper(3)])
    new = manifest(MEETING, [paper(1), paper(2, sha256="c" * 64, number=2), paper(4)])
    told = difference(old, new)
    assert [file["material_id"] for file in told.changed] == [2]
    assert [file["material_id"] for file in told.added] == [4]
    assert [file["material_id"] for file in told.same] == [1]
