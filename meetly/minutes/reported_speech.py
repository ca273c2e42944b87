"""Turn spoken sentences into the sentences of minutes: nothing added, talk taken away.

Every rule removes words or puts a stock word ("chủ trì", "đơn vị") for "I" and "we". Figures,
dates and names pass through untouched; `evidence.unsupported` proves it block by block.
"""

from __future__ import annotations

import re

from meetly.minutes.speech import Sentence, Turn
from meetly.paper_wording import capitalised, lowered, plain

_I = re.IGNORECASE

_TITLE = (
    r"(?:đồng chí|anh|chị|bác|quý vị|đại biểu|phó chủ tịch|chủ tịch|bí thư|chủ tọa|chủ trì|"
    r"hội nghị|cuộc họp|lãnh đạo|giám đốc|chánh văn phòng|ubnd tỉnh|ubnd|tỉnh)"
)
_ADDRESS = rf"(?:(?:tất cả|toàn thể|các|quý)\s+)*{_TITLE}(?:\s+(?:và\s+các\s+|các\s+)?{_TITLE})*"
_OPENINGS = re.compile(
    rf"^(?:(?:(?:kính\s+)?thưa|(?:xin\s+)?(?:phép\s+)?báo cáo(?:\s+với)?)\s+{_ADDRESS}\b[\s,.:]*"
    r"|(?:dạ|vâng|vầng|à|ờ|ừ|ừm|ờm|thế|thì|rồi|ok)\s*,\s*|(?:dạ|vâng|ờ|ừm)\s+"
    r"|(?:nói chung|nói thật|thực ra|trước hết|trước tiên|như vậy|tóm lại|cơ bản)(?:\s+là)?\s*,\s*"
    r"|(?:tôi |chúng tôi |em )?xin phép (?:được )?báo cáo(?:\s+là)?[\s,:]+"
    r"|(?:nếu không thì |bây giờ |sau đây |đến đây )*(?:tôi|chúng tôi) (?:xin )?(?:phép )?"
    r"(?:được )?(?:phát biểu )?kết luận(?: hội nghị| cuộc họp)?(?: như sau)?(?:[\s,.:]+|$))+",
    _I,
)
_ADDRESS_INSIDE = re.compile(rf",?\s*(?:kính\s+)?thưa\s+{_ADDRESS}(?=\s*[,.;?!]|$)", _I)
# A filler between commas goes with both, unless a conjunction before it needs none.
_FILLER = re.compile(
    r"(?P<joint>\b(?:vì|là|thì|và|nhưng|mà|của|để|do|cho))?"
    r"\s*,\s*(?:à|ờ|ừ|ừm|ờm|kiểu như|nói chung là|đại khái là)\s*,",
    _I,
)
_SOUND = re.compile(r"(?<=\s)(?:ờ|ừm|ờm)\s+", _I)
_PARTICLE = re.compile(r"\s+(?:ạ|nhé|nhỉ|đấy ạ|đấy|nha)(?=\s*[,.;?!]|$)", _I)
_SELF = r"(?:chúng tôi|chúng em|chúng mình|bên em|bên tôi|tôi|em)"
_OPINION = re.compile(
    rf"^{_SELF}\s+(?:cũng\s+)?(?:xin\s+)?(?:thấy|nghĩ|cho|tính|hiểu|nói)\s+(?:là|rằng)\s+", _I
)
_SUBJECT = re.compile(rf"^{_SELF}\s+(?:thì\s+|cũng\s+|rất\s+)?", _I)
_POLITE = re.compile(
    r"\bxin\s+(?=(?:được\s+)?(?:kiến nghị|đề nghị|đề xuất|hứa|cam kết|báo cáo|ý kiến|nêu)\b)", _I
)
_REQUEST = re.compile(r"\bxin\s+(?=(?:đưa|lùi|rút|gia hạn|bổ sung|hỗ trợ)\b)", _I)
_WE = re.compile(r"\b(?:chúng tôi|chúng em|bên em|bên tôi)\b", _I)
_ME = re.compile(r"\btôi\b", _I)
_FOR_ME = re.compile(r"\s+(?:giúp|cho|hộ|giùm)\s+tôi\b", _I)

# What runs the meeting or greets it; judged on folded text, diacritics may be lost in hearing.
_TALK = re.compile(
    r"^(?:roi |vang |da |duoc )*(?:xin |kinh |tran trong )*moi\b"
    r"|\b(?:thu|bat|tat|mo) (?:lai )?(?:micro|mic|camera|loa)\b"
    r"|\bnghe (?:ro|duoc|thay)\b|\bxin phep khong doc\b|\bkhong qua \w+ phut\b"
    r"|\b(?:con|co) y kien (?:nao|gi)\b|\bai co y kien\b|\bthu ky ghi\b"
    r"|\bdi thang vao\b|\bhet chuong trinh\b|\bhet gio\b"
    r"|\bchuyen (?:slide|trang|sang (?:noi dung|phan))"
    r"|\b(?:ket thuc|be mac|khai mac) (?:hoi nghi|cuoc hop|phien hop)\b"
    r"|^sau day la (?:cac|mot so) (?:viec|noi dung|nhiem vu)\b"
    r"|^(?:neu khong thi |bay gio |sau day )*toi (?:xin )?(?:duoc )?ket luan(?: nhu sau)?$"
    r"|\bket luan nhu sau$|\blat nua\b|\btoi (?:khong|chua) (?:noi|nhac) (?:nhieu|lai)\b"
)
# A sentence that also gives an order or runs on was not heard to its end: it is kept.
_SUBSTANCE = re.compile(
    r"\btruoc (?:ngay )?\d|\b(?:giao|yeu cau) (?:so|ubnd|van phong|giam doc|cac)\b|\d\s*(?:%|ty\b)"
)
_LONGEST_TALK = 24
_COURTESY = re.compile(
    r"^(?:toi |chung toi |va )?(?:xin |mot lan nua )*(?:chan thanh |tran trong )*cam on\b"
    r"|^(?:xin )?(?:kinh )?chao\b|\bchuc .*\b(?:suc khoe|thanh cong|hanh phuc)\b"
    r"|^(?:toi |chung toi |phan bao cao )?xin het\b|^het\b"
    r"|^(?:toi|chung toi) (?:rat )?(?:mong|hy vong)\b"
    r"|^(?:kinh )?thua\b[^\d]{0,80}$"
    r"|^(?:(?:da|vang|u|a|ok|roi|duoc|nhat tri)\b[\s,]*)+$"
)
_ROLL_CALL = re.compile(
    r"\bdiem cau\b.*\b(?:ket noi|co mat|tham gia)\b|\bdu thay\b|\bdi thay\b|\bvang mat\b"
)
_LOCALITY = re.compile(r"^(?:ubnd )?(?P<noun>xã|phường|đặc khu)\b", _I)


def is_talk(sentence: Sentence) -> bool:
    """Tell whether a sentence only runs the meeting or is polite."""
    bare = plain(without_fillers(sentence.text)).strip(" .,?!")
    if len(bare.split()) < 2:
        return True
    if len(bare.split()) > _LONGEST_TALK or _SUBSTANCE.search(bare):
        return False
    return bool(_TALK.search(bare) or _COURTESY.search(bare))


def is_roll_call(sentence: Sentence) -> bool:
    """Tell whether a sentence says who is there; the attendance sheet knows better."""
    return bool(_ROLL_CALL.search(sentence.folded))


def without_fillers(text: str) -> str:
    """Return the sentence without forms of address, fillers and particles."""
    text = _OPENINGS.sub("", text)
    text = _ADDRESS_INSIDE.sub("", text)
    text = _FILLER.sub(lambda found: found.group("joint") or ",", text)
    text = _SOUND.sub("", text)
    text = _PARTICLE.sub("", text)
    return _tidy(text)


def reported(text: str, turn: Turn) -> str:
    """Return what a participant said in reported speech: "we" becomes the unit, "I" goes."""
    text = _POLITE.sub("", without_fillers(text))
    text = _REQUEST.sub("đề nghị ", text)
    text = _SUBJECT.sub("", _OPINION.sub("", text))
    noun = noun_for(turn)
    return _tidy(_ME.sub(noun, _WE.sub(noun, text)))


def concluded(text: str, title: str) -> str:
    """Return the chair's sentence without the first person; orders keep their wording."""
    text = _FOR_ME.sub("", without_fillers(text))
    text = _SUBJECT.sub("", _OPINION.sub("", text))
    return capitalised(_tidy(_ME.sub(title, text)))


def noun_for(turn: Turn) -> str:
    """Return the small word that stands for the speaker; a capital would make it a name."""
    if turn.chair:
        return "chủ trì"
    local = _LOCALITY.match(turn.unit)
    if local:
        return local["noun"].lower()
    return "đơn vị" if turn.unit else "đại biểu"


def joined(sentences: list[str]) -> str:
    """Join reported sentences into one paragraph that can follow "Sở X:"."""
    ended = [s if s.endswith(("?", "!")) else s.rstrip(" .,;:") + "." for s in sentences if s]
    return lowered(" ".join(capitalised(sentence) for sentence in ended))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    return re.sub(r"\s{2,}", " ", text).strip(" ,;:")
