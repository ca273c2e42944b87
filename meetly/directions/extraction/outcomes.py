"""What shall come of a direction and to whom it goes, in the words of the direction itself.

A product is a paper that can be handed over: a noun such as «kế hoạch», «danh sách» right behind a
verb that makes or delivers it. Who gets it stands behind «báo cáo», «trình», «gửi … về». Most
directions name neither; nothing is better than a guess.
"""

from __future__ import annotations

from meetly.directions.extraction.assignees import Party
from meetly.directions.extraction.clauses import is_break
from meetly.directions.extraction.lexicon import LINKS, TOGETHER_WITH
from meetly.directions.extraction.reading import Phrases, Reading
from meetly.directions.extraction.scene import Scene
from meetly.directions.extraction.stages import Stretch
from meetly.directions.extraction.verbs import STRONG

_PRODUCTS = Phrases(
    """
    kế hoạch | phương án | đề án | dự thảo | tờ trình | danh sách | danh mục | hồ sơ | báo cáo |
    biểu mẫu | quy chế | quy trình | quy định | văn bản | nghị quyết | dự toán | bản đồ |
    bộ tiêu chí | tiêu chí | thông báo | công văn | chương trình | bảng tổng hợp |
    bản kiểm điểm | bản cam kết | lịch | kịch bản | danh bạ | sổ tay | bảng giá | biên bản |
    tài liệu | kết quả | giấy mời | báo cáo đánh giá | báo cáo tổng hợp |
    số liệu | cẩm nang | giải pháp
    """
)
#: what makes a paper or hands it over
_MAKING = Phrases(
    """
    xây dựng | lập | lập lại | làm lại | ban hành | soạn | soạn thảo | biên soạn | hoàn thiện |
    hoàn thành | hoàn chỉnh | hoàn tất | tham mưu | tham mưu ban hành | tham mưu xây dựng |
    đề xuất | chuẩn bị | có | phải có | cung cấp | chốt | thống nhất | tổng hợp | công bố | in |
    trình | gửi | nộp | trình duyệt | chuyển | đưa ra | lên | viết | trình ban hành
    """
)
_QUANTITIES = Phrases("một | một bộ | bộ | bản | các | những | 01 | 1")
_MANNERS = Phrases("ngay | xong | lại | đủ | sớm | chung")
_ACCOUNTS = Phrases(
    """
    báo cáo kết quả | báo cáo tiến độ | báo cáo tình hình | báo cáo bằng văn bản |
    báo cáo đánh giá | báo cáo giải trình | báo cáo sơ kết | báo cáo tổng kết
    """
)
#: a product goes no further than these
_STOPS = Phrases(
    """
    trình | gửi | nộp | báo cáo | để | theo | trước | xong | về | cho | chậm nhất | trong | vào |
    rồi | và trình | và gửi | và báo cáo | và nộp | lên | tới | đến | đồng thời | nhé | qua | giúp |
    hoàn thành | sau | khi | ngay | phải | ký | từ | hằng | hàng | mỗi
    """
)
#: words with a syllable that would stop the product
_COMPOUNDS = Phrases(
    """
    quy trình | giải trình | công trình | chương trình | lộ trình | tờ trình | hành trình |
    quá trình | giáo trình | chu trình | cho vay | cho thuê | đến hạn | vào lớp
    """
)
_NEGATIONS = frozenset({"khong", "dung", "chua", "cam"})
_LONGEST_PRODUCT = 14
_MOST_LETTERS = 300

_TO = Phrases(
    """
    báo cáo | trình | gửi | nộp | báo cáo về | gửi về | gửi cho | gửi đến | gửi tới | gửi lên |
    báo cáo lên | báo cáo với | nộp về | nộp cho | trình lên | trình ra | báo cáo cho | báo về
    """
)
#: who stands for the one above: «báo cáo Thường trực UBND tỉnh»
_STANDING = Phrases("thường trực | lãnh đạo | tập thể lãnh đạo")
_TOWARDS = Phrases("về | cho | lên | tới | đến")
_DELIVERING = Phrases("báo cáo | gửi | nộp | trình | báo")
_HANDING = Phrases("gửi | nộp | trình | công bố | báo cáo")
_THROUGH = Phrases("qua | thông qua")


def product_of(scene: Scene, stretch: Stretch) -> str:
    """Return the paper that shall come of it, or nothing."""
    reading = scene.reading
    for place, noun in _PRODUCTS.each(reading, stretch.first, stretch.end):
        if _party_at(scene, noun):
            continue
        if _is_made(scene, stretch, place) or _is_delivered(scene, stretch, place):
            said = _said(scene, stretch, _from_quantity(reading, place), noun)
            if said:
                return said
    # «báo cáo kết quả rà soát»: the account itself is the product.
    accounts = _ACCOUNTS.each(reading, stretch.first, stretch.end)
    return next((_said(scene, stretch, place, end) for place, end in accounts), "")


def _is_made(scene: Scene, stretch: Stretch, place: int) -> bool:
    """Whether a verb of making stands before the noun, and the one who leads is its subject."""
    reading = scene.reading
    first = _from_quantity(reading, place)
    manner = _MANNERS.before(reading, first)
    verb = _MAKING.before(reading, first if manner is None else manner)
    if verb is None or verb < stretch.first or _party_at(scene, verb):
        return False
    if reading.tokens[verb - 1].plain in _NEGATIONS and verb > stretch.first:
        return False
    # «hướng dẫn UBND các xã lập dự toán»: the product of another.
    others = (p for p in scene.parties if stretch.first < p.first and p.end == verb)
    return all(set(_names(p)) & {*stretch.lead, *stretch.coordinate} for p in others)


def _is_delivered(scene: Scene, stretch: Stretch, place: int) -> bool:
    """«kế hoạch chi tiết trình UBND tỉnh»: the product opens its clause, then it is delivered."""
    reading = scene.reading
    if place == stretch.first or not is_break(reading, place):
        return False
    step = place + 1
    while step < stretch.end and not is_break(reading, step) and not _party_at(scene, step):
        if _HANDING.at(reading, step):
            return True
        step += 1
    return False


def _party_at(scene: Scene, place: int) -> bool:
    return any(party.first <= place < party.end for party in scene.parties)


def _from_quantity(reading: Reading, place: int) -> int:
    """Return where «một bộ» before a noun begins."""
    while (before := _QUANTITIES.before(reading, place)) is not None:
        place = before
    return place


def _said(scene: Scene, stretch: Stretch, first: int, noun: int) -> str:
    """Cut the product out of the text; one whose end cannot be told is its noun alone."""
    reading = scene.reading
    end = noun
    limit = min(stretch.end, noun + _LONGEST_PRODUCT)
    while end < limit and not _ends(scene, end):
        end = _COMPOUNDS.at(reading, end) or end + 1
    if end == limit < stretch.end:
        end = noun
    start, stop = reading.original(reading.tokens[first].start, reading.tokens[end - 1].end)
    said = reading.source[start:stop]
    return said if len(said) <= _MOST_LETTERS else ""


def _ends(scene: Scene, place: int) -> bool:
    reading = scene.reading
    return bool(
        reading.tokens[place].is_mark
        or is_break(reading, place)
        or scene.moment_at(place)
        or (_STOPS.at(reading, place) and not _COMPOUNDS.at(reading, place))
        or TOGETHER_WITH.at(reading, place)
        or (LINKS.at(reading, place) and STRONG.at(reading, place + 1))
    )


def recipient_of(scene: Scene, stretch: Stretch) -> str:
    """Return the unit that gets the report, with the one it goes through, or nothing."""
    for party in _inside(scene, stretch):
        names = [name for name in _names(party) if name not in stretch.lead]
        if names and _gets(scene, stretch, party):
            through = _channel(scene, stretch, party)
            return ", ".join(names) + (f" (qua {through})" if through else "")
    return ""


def _inside(scene: Scene, stretch: Stretch) -> list[Party]:
    return [p for p in scene.parties if stretch.first < p.first and p.end <= stretch.end]


def _names(party: Party) -> list[str]:
    return [name for each in party.mentions for name in (each.names or each.shown)]


def _gets(scene: Scene, stretch: Stretch, party: Party) -> bool:
    """«báo cáo UBND tỉnh», «gửi danh sách về Sở Nội vụ»."""
    reading = scene.reading
    standing = _STANDING.before(reading, party.first)
    first = party.first if standing is None else standing
    if _TO.before(reading, first) is not None:
        return True
    towards = _TOWARDS.before(reading, first)
    if towards is None:
        return False
    for place in range(towards - 1, stretch.first, -1):
        if is_break(reading, place + 1) or scene.moment_at(place):
            return False
        if any(other.first <= place < other.end for other in scene.parties):
            return False
        if _DELIVERING.at(reading, place):
            return True
    return False


def _channel(scene: Scene, stretch: Stretch, party: Party) -> str:
    """«UBND tỉnh (qua Sở Nội vụ)»: the unit a report goes through."""
    for other in _inside(scene, stretch):
        if other.first > party.end and other.mentions[0].names:
            through = _THROUGH.before(scene.reading, other.first)
            beside = through is not None and through - party.end <= 1
            return other.mentions[0].names[0] if beside else ""
    return ""
