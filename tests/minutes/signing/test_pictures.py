"""Pictures of signatures and seals are PNGs of our own; where they go is plain geometry."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from meetly.errors import BadInput, TooLarge
from meetly.minutes.signing import pictures
from meetly.minutes.signing.places import Box, Line, centred, room_for, sealed
from tests.minutes.signing.authority import signature_png


def png(picture: Image.Image, **how: object) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG", **how)
    return made.getvalue()


def test_a_picture_is_written_anew_and_cut_to_its_ink() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "chép từ máy của ai đó")
    drawn = Image.open(io.BytesIO(signature_png()))
    kept = pictures.checked(png(drawn, pnginfo=said, dpi=(600, 600)))
    again = Image.open(io.BytesIO(kept))
    assert "Comment" not in again.info and again.mode == "RGBA"
    assert again.width < drawn.width and again.height < drawn.height
    assert pictures.size_in_points(kept)[2] == pytest.approx(600, abs=1)


@pytest.mark.parametrize(
    ("file", "why"),
    {
        "jpeg": (b"\xff\xd8\xff\xe0 JFIF", "PNG"),
        "script": (b"\x89PNG\r\n\x1a\n<svg onload=alert(1)>", "Không đọc được"),
        "opaque": (png(Image.new("RGB", (300, 300), "blue")), "trong suốt"),
        "empty": (png(Image.new("RGBA", (300, 300))), "trong suốt"),
        "tiny": (png(Image.new("RGBA", (8, 300))), "điểm ảnh"),
        "wide": (png(Image.new("RGBA", (9000, 50))), "điểm ảnh"),
    }.values(),
    ids=lambda value: "",
)
def test_what_is_no_drawing_on_nothing_is_refused(file: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        pictures.checked(file)


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        pictures.checked(b"\x89PNG\r\n\x1a\n" + bytes(pictures.LARGEST))


def line(text: str, left: float, bottom: float, page: int = 0) -> Line:
    return Line(page, text, Box(left, bottom, left + 7 * len(text), bottom + 14))


def test_the_last_name_with_room_over_it_is_where_one_signs() -> None:
    lines = [
        line("Chủ trì: đồng chí", 80, 600), line("Trần Quốc Khải", 300, 600),
        line("một dòng ngay trên", 300, 618), line("CHỦ TỌA", 320, 300, 1),
        line("THƯ KÝ", 100, 300, 1), line("TRẦN QUỐC KHẢI", 300, 215, 1),
        line("Đỗ Văn Nam", 100, 215, 1),
    ]  # fmt: skip
    room = room_for(lines, "Trần Quốc Khải")
    assert room is not None and room.page == 1
    assert room.box.bottom == 231 and room.box.top == 298
    assert room_for(lines, "Ai Đó") is None and room_for(lines, "") is None
    assert room_for(lines[:3], "Trần Quốc Khải") is None  # running text is no place to sign


def test_a_seal_of_real_size_covers_a_third_on_the_left() -> None:
    signature = centred(Box(100, 200, 250, 265), (600, 240))
    assert signature.width == pytest.approx(150) and signature.height == pytest.approx(60)
    for pixels, dots, across in ((850, 600.0, 35.98), (850, None, 36.0), (850, 96.0, 36.0)):
        seal = sealed(signature, (pixels, pixels), dots)
        assert seal.width * 25.4 / 72 == pytest.approx(across, abs=0.05)
        assert (seal.right - signature.left) / signature.width == pytest.approx(1 / 3)
        assert seal.left < signature.left
