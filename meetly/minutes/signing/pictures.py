"""Pictures of signatures and seals: real PNG with a transparent ground, written anew by us."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

from meetly.errors import BadInput, TooLarge

#: bytes of an uploaded picture
LARGEST = 2 << 20
#: pixels on a side; a seal of 36 mm at 600 dots an inch has 850
WIDEST, NARROWEST = 2400, 40
#: of the ground of a signature at least this part must be transparent
CLEAR = 0.2


def checked(file: bytes) -> bytes:
    """Return a picture as a PNG of our own, cut to what is drawn; BadInput says what is wrong.

    What is not ink (metadata, further frames, hidden text) is left behind; the resolution stays.
    """
    if len(file) > LARGEST:
        raise TooLarge("Ảnh chữ ký hoặc con dấu lớn hơn 2 MB.")
    if not file.startswith(b"\x89PNG\r\n\x1a\n"):
        raise BadInput("Ảnh phải là tệp PNG có nền trong suốt.")
    try:
        with Image.open(io.BytesIO(file), formats=("PNG",)) as picture:
            if not NARROWEST <= min(picture.size) <= max(picture.size) <= WIDEST:
                raise BadInput(
                    "Mỗi cạnh ảnh cần từ %(least)s đến %(most)s điểm ảnh.",
                    least=NARROWEST, most=WIDEST,
                )  # fmt: skip
            resolution = picture.info.get("dpi")
            drawn = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInput("Không đọc được ảnh này.") from error
    alpha = drawn.getchannel("A")
    clear = alpha.histogram()[0] / (drawn.width * drawn.height)
    ink = alpha.getbbox()
    if clear < CLEAR or ink is None:
        raise BadInput("Nền ảnh phải trong suốt: chỉ nét chữ ký hoặc nét dấu có màu.")
    ours = io.BytesIO()
    fresh = Image.new("RGBA", drawn.size)
    fresh.paste(drawn, mask=ImageChops.invert(Image.new("L", drawn.size)))
    kept = {"dpi": resolution} if _plausible(resolution) else {}
    fresh.crop(ink).save(ours, "PNG", **kept)
    return ours.getvalue()


def size_in_points(file: bytes) -> tuple[int, int, float | None]:
    """Return the pixels across and down, and the dots an inch where the picture states them."""
    with Image.open(io.BytesIO(file), formats=("PNG",)) as picture:
        resolution = picture.info.get("dpi")
        dots = float(resolution[0]) if resolution and _plausible(resolution) else None
        return picture.width, picture.height, dots


def _plausible(resolution: object) -> bool:
    if not isinstance(resolution, tuple) or len(resolution) != 2:
        return False
    return all(isinstance(dots, int | float) and 72 <= dots <= 2400 for dots in resolution)
