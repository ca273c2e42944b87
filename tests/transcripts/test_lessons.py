"""What a correction teaches and what it does not."""

from __future__ import annotations

import pytest

from meetly.transcripts.lessons import is_proper, lessons


@pytest.mark.parametrize(
    ("before", "after", "taught"),
    [
        ("Mời xã nặm hoa báo cáo.", "Mời xã Nậm Hoa báo cáo.", [("nặm hoa", "Nậm Hoa")]),
        ("Đường bản bó hỏng.", "Đường Bản Pho hỏng.", [("bản bó", "Bản Pho")]),
        # a single word goes with its neighbour
        ("Cầu chàn suối hỏng.", "Cầu tràn suối hỏng.", [("chàn suối", "tràn suối")]),
        ("Phải làm song", "Phải làm xong", [("làm song", "làm xong")]),
        # the capital of the sentence is not the word's
        ("Giải ngăn chậm quá rồi.", "Giải ngân chậm quá rồi.", [("ngăn chậm", "ngân chậm")]),
        ("Dải ngân chậm quá rồi.", "Giải ngân chậm quá rồi.", [("dải ngân", "giải ngân")]),
        ("Nhà bác linh hỏng rồi.", "Nhà bác Linh hỏng rồi.", [("linh hỏng", "Linh hỏng")]),
        # other words were chosen: nothing was misheard
        ("Mời xã báo cáo ngay.", "Mời xã trình bày ngay.", []),
        ("Hộ chưa nhận tiền đâu.", "Hộ chưa nhận bản Huổi Cọ đâu.", []),
        # figures, rewriting, marks, additions teach nothing
        ("Còn bốn hộ chưa nhận.", "Còn ba hộ chưa nhận.", []),
        ("Còn 14 hộ chưa nhận.", "Còn 41 hộ chưa nhận.", []),
        ("Ta họp thêm tí nữa nhé.", "Hội nghị kéo dài đến trưa.", []),
        ("Xong rồi, thưa anh", "Xong rồi thưa anh.", []),
        ("Xã báo cáo.", "Xã chưa báo cáo.", []),
        ("Một.", "Hai.", []),
        ("", "Có lời.", []),
    ],
)
def test_short_runs_of_words_are_learnt(
    before: str, after: str, taught: list[tuple[str, str]]
) -> None:
    assert lessons(before, after) == taught


def test_names_and_abbreviations_are_proper() -> None:
    assert is_proper("Bản Pho") and is_proper("công tác PCCC")
    assert not is_proper("tràn suối")
