"""Which recording format a file is, judged by its first bytes and never by its name."""

from __future__ import annotations

from collections.abc import Callable

from meetly.errors import BadInput, TooLarge

#: How many leading bytes `sniff` wants; enough for two MPEG frames behind a short tag.
HEAD = 8192


class NotThere(BadInput):
    """There is no file under that name."""

    code = "RECORDING_NOT_THERE"
    message = "Không tìm thấy tệp ghi âm “%(name)s”. Hãy kiểm tra lại tên và đường dẫn."


class Empty(BadInput):
    """The file has no bytes in it."""

    code = "RECORDING_EMPTY"
    message = "Tệp ghi âm trống, không có dữ liệu nào. Hãy chọn lại tệp hoặc tải lên lại."


class NotAudio(BadInput):
    """The bytes are of no format that is accepted as a recording."""

    code = "NOT_AUDIO"
    message = (
        "Tệp này không phải bản ghi âm đọc được. "
        "Meetly nhận ogg, opus, wav, mp3, m4a, mp4, webm, mkv, flac và aac."
    )


class Playlist(NotAudio):
    """A list that points to other files or addresses, dressed as a recording."""

    code = "PLAYLIST"
    message = (
        "Tệp này là danh sách phát, chỉ trỏ tới tệp khác chứ không chứa âm thanh. "
        "Hãy chọn chính tệp ghi âm."
    )


class Damaged(NotAudio):
    """It begins like a recording, but no sound can be decoded from it."""

    code = "RECORDING_DAMAGED"
    message = "Tệp ghi âm bị hỏng, không giải mã được âm thanh. Hãy xuất lại từ thiết bị ghi."


class NoSound(BadInput):
    """A proper file without an audio stream, such as a silent video."""

    code = "NO_SOUND"
    message = "Tệp này không có luồng âm thanh nào. Hãy chọn bản ghi có tiếng."


class Silent(NoSound):
    """There is an audio stream, but nothing is heard in it from end to end."""

    code = "SILENT"
    message = "Bản ghi này im lặng từ đầu đến cuối. Hãy kiểm tra micro hoặc chọn tệp khác."


class TooLong(TooLarge, BadInput):
    """More hours of sound than one recording may hold."""

    code = "RECORDING_TOO_LONG"
    message = "Bản ghi dài hơn %(hours)s giờ, quá mức cho phép. Hãy cắt thành nhiều tệp ngắn hơn."


_PLAYLISTS = (b"#extm3u", b"[playlist]", b"ffconcat version", b"<asx", b"<smil", b"[reference]")
#: First atoms seen in MP4 and QuickTime files; `ftyp` in nearly all, the others in older ones.
_MOV_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
#: How far into a file without a tag the first MPEG frame may begin; some recorders write rubbish.
_RUBBISH = 2048
_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def sniff(head: bytes) -> str:
    """Return the name of the one demuxer that may open a file beginning with `head`.

    Raises Empty, Playlist or NotAudio. A name from this short list is what keeps a
    playlist called .mp3 from making the decoder read other people's files.
    """
    if not head:
        raise Empty
    _refuse_playlist(head)
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head[4:8] in _MOV_ATOMS:
        return "mov"
    return _sniff_mpeg(head)


def _refuse_playlist(head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_manifest = text.startswith(b"<?xml") and (b"<mpd" in text or b"<playlist" in text)
    if text.startswith(_PLAYLISTS) or text.startswith(b"<mpd") or is_manifest:
        raise Playlist


def _sniff_mpeg(head: bytes) -> str:
    if head.startswith(b"ID3") and len(head) >= 10:
        first, second, third, fourth = head[6:10]  # seven bits each
        head = head[10 + (first << 21 | second << 14 | third << 7 | fourth) :]
        if not head:  # cover art reaches past what was read: the tag alone must speak for it
            return "mp3"
        if head.startswith(b"fLaC"):
            return "flac"
        head = head.lstrip(b"\0")
    at = head.find(b"\xff", 0, _RUBBISH)
    while at >= 0:
        for name, frame_length in (("aac", _adts_length), ("mp3", _mpeg_length)):
            if _frames_follow(head, at, frame_length, wanted=3 if at else 2):
                return name
        at = head.find(b"\xff", at + 1, _RUBBISH)
    raise NotAudio


def _frames_follow(head: bytes, at: int, frame_length: Callable[[bytes], int], wanted: int) -> bool:
    """Tell whether so many frames stand one behind the other from `at`, as far as can be seen."""
    for _ in range(wanted):
        length = frame_length(head[at : at + 7])
        if not length:
            return False
        at += length
        if at + 7 > len(head):
            break
    return True


def _adts_length(frame: bytes) -> int:
    """Return the length of the ADTS frame that begins here, 0 if none does."""
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0 or frame[2] >> 2 & 15 > 12:
        return 0
    length = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    return length if length > 7 else 0


def _mpeg_length(frame: bytes) -> int:
    """Return the length of the MPEG layer III frame that begins here, 0 if none does."""
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = frame[1] >> 3 & 3, frame[2] >> 4, frame[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    padding = frame[2] >> 1 & 1
    if version == 3:
        return 144_000 * _BITRATES_1[bitrate] // _RATES[3][rate] + padding
    return 72_000 * _BITRATES_2[bitrate] // _RATES[version][rate] + padding
