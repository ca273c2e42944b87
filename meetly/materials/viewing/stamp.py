"""The name of whoever looks, drawn over a picture: pale across it and plain along its foot."""

from __future__ import annotations

from functools import cache
from math import hypot

from PIL import Image, ImageDraw, ImageFont

from meetly import paths

#: A font with every Vietnamese letter; built from a package with the other assets.
FONT = paths.STATIC / "stamp.ttf"
#: degrees by which the words across the page rise
RISE = 30
#: how much of the ink of the words shows: across the page, along the foot
ACROSS, FOOT = 0.16, 0.85
INK = (70, 70, 78)
#: the words across are this part of the page's width high, those of the foot this
TALL, SMALL = 0.026, 0.016
#: rows of words stand this many of their heights apart
APART = 6.5


def drawn(picture: Image.Image, words: str) -> Image.Image:
    """Return a copy of a picture that carries the words."""
    under = picture.convert("RGB")
    mask = _across(under.size, words)
    foot, band = _foot(under.size, words)
    under.paste(INK, mask=mask)
    under.paste((255, 255, 255), (0, under.height - band), Image.new("L", (under.width, band), 205))
    under.paste(INK, mask=foot)
    return under


def _across(size: tuple[int, int], words: str) -> Image.Image:
    width, height = size
    font = _font(max(9, round(min(size) * TALL)))
    side = int(hypot(width, height)) + 2
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    step = font.getlength(words) + 3 * font.size
    for row in range(int(side / (APART * font.size)) + 1):
        left = -(row % 2) * step / 2
        while left < side:
            pen.text((left, row * APART * font.size), words, font=font, fill=round(255 * ACROSS))
            left += step
    turned = mask.rotate(RISE, Image.Resampling.BILINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return turned.crop((left, top, left + width, top + height))


def _foot(size: tuple[int, int], words: str) -> tuple[Image.Image, int]:
    width, height = size
    font = _font(max(9, round(min(size) * SMALL)))
    if font.getlength(words) > width:  # a narrow picture: small letters rather than a cut name
        font = _font(max(6, int(font.size * width / font.getlength(words))))
    band = int(font.size * 1.8)
    mask = Image.new("L", size)
    place = (max(0, (width - font.getlength(words)) / 2), height - band + font.size * 0.3)
    ImageDraw.Draw(mask).text(place, words, font=font, fill=round(255 * FOOT))
    return mask, min(band, height)


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), pixels)
