"""Where the name of a unit begins and ends, for units that no directory lists.

In well-written text capitals mark a name. A recogniser writes none, and then the name ends where
the first verb begins («ban quản lý dự án | khắc phục …»). Localities are named by their People's
Committee; groups such as «các sở, ban, ngành» stay as they are said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from meetly.accounts.directory import Directory, DirectoryUnit
from meetly.directions.lexicon import REPORTING
from meetly.directions.reading import Phrases, Reading
from meetly.directions.verbs import ADVERBS, MODALS, STRONG, WEAK, acts_at
from meetly.folding import fold

LOCALITIES = Phrases("xã|phường|đặc khu|thị trấn")
COMMITTEE = Phrases("ubnd|ủy ban nhân dân|ủy ban|chính quyền|đảng ủy|hđnd và ubnd|đảng ủy, ubnd")
_NUMBER_WORDS = {"một": "1", "hai": "2", "ba": "3", "bốn": "4", "năm": "5", "mot": "1", "bon": "4"}

#: openings of unit names; the first group is safe even in text without capitals
SAFE_HEADS = Phrases(
    """
    ban quản lý | ban chỉ huy | ban chỉ đạo | ban quản trị | ban dân tộc | ban tuyên giáo |
    ban tổ chức tỉnh ủy | ban nội chính | ban điều phối | ban tiếp công dân |
    ban chỉ huy phòng thủ dân sự | ban đại diện | trung tâm | chi cục | công an | công ty |
    tổng công ty | tập đoàn | bệnh viện | trường đại học | trường cao đẳng | trường chính trị |
    hạt kiểm lâm | đồn biên phòng | đội quản lý thị trường | tổ công tác | tổ giúp việc |
    tổ hỗ trợ | phòng kinh tế | phòng văn hóa | phòng giáo dục | phòng nội vụ | phòng tài chính |
    phòng tổng hợp | phòng cảnh sát | văn phòng | ủy ban mặt trận | ủy ban mttq | mặt trận |
    mặt trận tổ quốc | hội nông dân | hội phụ nữ | hội liên hiệp | hội cựu chiến binh |
    hội chữ thập đỏ | hội người | hội doanh nghiệp | hiệp hội | liên đoàn | liên minh |
    liên hiệp | bộ chỉ huy | bộ đội biên phòng | ban chỉ huy quân sự | kho bạc |
    kho bạc nhà nước | bưu điện | bưu điện tỉnh | viễn thông | điện lực | bảo hiểm xã hội |
    ngân hàng | hải quan | cảnh sát | thuế tỉnh | cục thống kê | cục thuế |
    cục quản lý thị trường | tòa án | viện kiểm sát | thi hành án | vnpt | viettel | mobifone |
    evn | vườn quốc gia | khu bảo tồn | quỹ bảo vệ | quỹ đầu tư | quỹ phát triển | nhà máy |
    đài phát thanh | đài khí tượng | cảng vụ | cảng hàng không | cảng | thư viện tỉnh | bảo tàng |
    tỉnh đoàn | đoàn thanh niên | đoàn đại biểu | xí nghiệp | hợp tác xã | chi nhánh |
    phòng giao dịch | trạm y tế | trạm khuyến nông | trung đoàn | sư đoàn | lữ đoàn | binh đoàn |
    văn phòng thường trực | tổ liên ngành | đoàn liên ngành | hội đồng | tổ chuyên gia |
    đội thanh niên | khu quản lý đường bộ | ban bồi thường | thủy điện | tổ công nghệ số |
    tổ biên tập | tổ soạn thảo | tổ thẩm định | tổ kiểm tra | đội cảnh sát | hạt quản lý |
    vietcombank | cục quản lý | phòng văn hóa - xã hội | phòng văn hóa xã hội |
    phòng kinh tế , hạ tầng và đô thị | phòng kinh tế hạ tầng và đô thị
    """
)
CAPITAL_HEADS = Phrases(
    """
    ban | hội | tổ | đoàn | phòng | viện | trường | quỹ | đài | báo | cục | trạm | khu | bộ |
    hạt | đồn | thuế | liên hiệp hội | nhà hát | thư viện | tổng cục | nhà văn hóa | học viện |
    câu lạc bộ | khối | vườn | thủy lợi | chi hội
    """
)
#: ordinary words that begin like the name of a unit
NOT_HEADS = Phrases(
    """
    ban hành | ban đêm | ban ngày | ban đầu | hội nghị | hội trường | hội thảo | hội họp |
    hội đàm | tổ chức | tổ dân phố | đoàn kết | đoàn kiểm tra | đoàn công tác | đoàn giám sát |
    đoàn thể | phòng chống | phòng ngừa | phòng họp | phòng cháy | phòng dịch | phòng, chống |
    viện trợ | viện phí | trường hợp | trường học | trường lớp | quỹ đất | đài thọ | báo cáo |
    báo động | báo tôi | báo lại | báo chí | báo sai | cục bộ | khu vực | khu tái định cư |
    khu dân cư | khu công nghiệp | khu phố | khu đất | bộ phận | bộ tài liệu | bộ tiêu chí |
    bộ hồ sơ | hạt nhân | đồn đại | thuế suất | thuế đất | thuế phí | đội ngũ | đội hình |
    khối lượng | khối xã | khối kinh tế | khu tập thể | hội chợ | hội đồng ý | tổ tiên |
    ban công | khu du lịch | hội viên | văn phòng phẩm | công ty tnhh một | trung tâm xã |
    trung tâm tỉnh | trung tâm hành chính | ngân hàng số | đoàn viên | cảng biển số |
    trường mầm non | trường tiểu học | trường trung học | phòng khám | hội thi | ban bố |
    khu kinh tế | khu neo đậu | báo nhanh | báo ngay | báo số | bộ chỉ số | bộ thủ tục |
    đội bóng | đoàn doanh nghiệp | đoàn xe
    """
)
#: parts of names that look like verbs
NAME_PARTS = Phrases(
    """
    quản lý | kiểm soát bệnh tật | kiểm soát | phục vụ hành chính công | phục vụ | chuyển đổi số |
    chỉ huy | chỉ đạo | phát triển quỹ đất | phát triển | xúc tiến đầu tư | xúc tiến |
    bảo vệ rừng | bảo vệ thực vật | bảo vệ môi trường | bảo vệ và phát triển rừng |
    bảo trợ xã hội | bảo tồn thiên nhiên | bảo tồn | đăng ký đất đai | đăng kiểm | kiểm định |
    kiểm nghiệm | kiểm lâm | kiểm dịch | điều hành | điều phối | đầu tư xây dựng | đầu tư |
    xây dựng | thi hành án dân sự | giám sát | giám định y khoa | đào tạo | hỗ trợ | dịch vụ |
    khai thác | cấp nước | thoát nước | trợ giúp pháp lý | tư vấn | thống kê | thanh tra |
    tiếp công dân | tổ chức cán bộ | tổ chức tỉnh ủy | tuyên giáo và dân vận | tuyên giáo |
    kiểm tra tỉnh ủy | giáo dục thường xuyên | giáo dục nghề nghiệp | nuôi dưỡng | điều dưỡng |
    chăm sóc | phòng thủ dân sự | phòng chống thiên tai | phòng cháy chữa cháy | cứu hộ |
    cứu nạn | tìm kiếm cứu nạn | lưu trữ | truyền thông | thông tin | thể dục thể thao |
    huấn luyện | thi đấu | giống | khuyến nông | khuyến công | chỉnh trang đô thị |
    giải phóng mặt bằng | bồi thường | duy tu | bảo trì | thu phí | vận hành | vận tải |
    quản lý thị trường | quản lý dự án | quản lý rừng | quản lý đường bộ |
    phát thanh và truyền hình | phát thanh | mua bán nợ | cấp cứu | phục hồi chức năng |
    kết nối cung cầu | đổi mới sáng tạo | khởi nghiệp | thẩm định giá | lao động | tài chính |
    kế hoạch | đề án | nhà nước | xã hội | hành chính | công nghệ | khoa học | y tế | nội vụ |
    giao thông | hành chính công | giới thiệu việc làm | bán đấu giá | đấu giá tài sản |
    nạn nhân chất độc | cựu thanh niên xung phong
    """
)
#: a name goes no further than these
_ENDINGS = Phrases("tỉnh|khu vực|thành phố|cấp xã|cấp tỉnh|trung ương")
_STOPS = Phrases(
    """
    và | với | cùng | để | cho | của | đã | đang | sẽ | vừa | là | có | thì | mà | rồi | nhưng |
    do | về | từ | tại | trong | trước | sau | khi | nếu | theo | này | đó | ấy | kia | trên |
    nói trên | nêu trên | được | bị | không | chưa | còn | ngay | sớm | đến | gửi | trình | ngày |
    tháng | tuần | quý | chậm nhất | hôm | mai | sáng | chiều | tối | các | những | mỗi | thôi |
    nhé | hết | xong | thứ | chủ | hai tuần | một tháng | nội trong | cũng | cứ | ra | vào |
    phụ trách | làm | như | vì | nên | giúp | liên quan | sở | xã | phường | ubnd | chúng | tôi |
    ta | em | nào | khác | gồm | bao gồm | nói
    """
)
_GROUP_NOUNS = Phrases(
    """
    sở | ban | ngành | đoàn thể | địa phương | đơn vị | cơ quan | chủ đầu tư | xã | phường |
    đặc khu | phòng | phòng ban | phòng giao dịch | doanh nghiệp | nhà thầu | trường | bệnh viện |
    trung tâm y tế | hội | ngân hàng | tổ chức | cơ sở | lực lượng | tổ công tác | trạm |
    trạm y tế | chi cục | chi nhánh | nhà mạng | thành viên | chủ rừng | chủ hồ | chủ hồ chứa |
    đồn biên phòng | hợp tác xã | công ty | huyện | thị xã | mặt trận | cơ quan chuyên môn |
    trưởng thôn | ban quản lý | ban quản lý dự án | ban quản lý rừng | hạt kiểm lâm |
    hội đoàn thể | cơ sở y tế | cơ sở giáo dục | trường học | cơ quan báo chí |
    cơ quan trung ương | trung tâm | nông lâm trường | tổ | đội | thôn | buôn | bản | làng |
    thôn buôn | khu phố | tổ dân phố | đơn vị sự nghiệp | trường đại học |
    tổ chức chính trị - xã hội | chủ dự án | chủ phương tiện | đơn vị tư vấn | đơn vị thi công |
    đơn vị vận tải | đơn vị viễn thông | doanh nghiệp viễn thông | cảng | bến xe | nhà máy |
    nhà máy thủy điện | thủy điện | chủ đập | khu công nghiệp | quỹ | hộ kinh doanh | điểm cầu |
    đầu mối | trường mầm non | trường nội trú | phòng chuyên môn | chủ nhà yến | chủ tàu |
    hiệp hội | tổ chức tín dụng | đồng chí giám đốc sở | giám đốc sở | giám đốc các sở
    """
)
_AGENCIES = Phrases("sở | ban | ngành | đoàn thể | địa phương")
#: in front of a group: «các», «tất cả các», «mỗi»
GROUP_OPENINGS = Phrases(
    "các|tất cả các|toàn bộ các|mọi|từng|mỗi|100% các|ubnd các|ủy ban nhân dân các|ủy ban các"
)
_QUALIFIERS = Phrases(
    """
    có | liên quan | có liên quan | vùng | vùng cao | ven | ven biển | biên giới | trên địa bàn |
    trên địa bàn tỉnh | trong tỉnh | còn lại | trực thuộc | nói trên | nêu trên | trên | chưa |
    thuộc | thuộc tỉnh | tham gia | được phân công | trong vùng | ở | cấp tỉnh | cấp xã |
    chuyên môn | địa phương | thường trực | của tỉnh | giáp | dọc | hạ du | lòng hồ | đầu nguồn |
    xếp | xếp dưới | chậm | để xảy ra | đang | bị | được
    """
)
#: nouns that lengthen a name the directory knows: «Ban Quản lý dự án … công trình nông nghiệp»
_NAME_TAILS = Phrases(
    """
    công trình | dân dụng và công nghiệp | dân dụng | giao thông | nông nghiệp | công nghiệp |
    đô thị | thủy lợi | và phát triển nông thôn | nông thôn | vùng | miền | số 1 | số 2 | số 3 |
    đa khoa
    """
)
#: names that usually carry the name of a place
_PLACED = Phrases(
    """
    rừng phòng hộ | rừng đặc dụng | kiểm lâm | vườn quốc gia | đồn biên phòng | khu kinh tế |
    cửa khẩu | khu bảo tồn | đa khoa | thủy điện | khu vực
    """
)
_LOCAL_KINDS = frozenset({"commune", "ward", "special_zone"})
#: short verbs with which names of places begin as well: Gia Hiệp, Thu Cúc, Tập Ngãi
_NAME_LIKE = frozenset(
    {"gia", "chi", "thu", "tap", "de", "doi", "lap", "trinh", "don", "kim", "bao"}
)
_UNIT_WORDS = frozenset({"xã", "phường", "sở", "ubnd", "các", "xa", "phuong", "so", "cac"})
_EVERYDAY = frozenset({"bên", "phía", "ngành", "anh", "chị", "ben", "phia", "nganh", "chi"})


@dataclass(frozen=True, slots=True)
class Name:
    """Canonical names read from tokens up to `end`, and what sort of unit they are."""

    names: tuple[str, ...]
    end: int
    sort: str


class UnitNames:
    """Reads the name of a unit at a place in the text."""

    def __init__(self, reading: Reading, directory: Directory) -> None:
        """Look into the directory first; read unknown names by their form."""
        self.reading = reading
        self.directory = directory
        self.words = [token.word for token in reading.tokens]
        self.plain = [token.plain for token in reading.tokens]
        self._openings = _openings(directory)

    def may_open(self, place: int) -> bool:
        """Whether any name begins with this word; a cheap look before the careful one."""
        return self.plain[place] in self._openings or self.words[place].isdigit()

    def area_end(self, place: int) -> int:
        """Return where «khối kinh tế» ends: before a mark or a verb."""
        first = place
        while place < len(self.words) and place - first < 6:
            token = self.reading.tokens[place]
            if token.is_mark or STRONG.at(self.reading, place) or MODALS.at(self.reading, place):
                break
            place += 1
        return place

    def at(self, start: int) -> Name | None:
        """Return the name that begins at token `start`."""
        return (
            self._group(start)
            or self._localities(start)
            or self._listed(start)
            or self._departments(start)
            or self._everyday(start)
            or self._open(start)
        )

    # ------------------------------------------------------------ known names

    def locality_at(self, place: int) -> int:
        """Return the index after «xã», «phường», «đặc khu», unless it is «xã hội»."""
        end = LOCALITIES.at(self.reading, place)
        social = end and self.plain[place] == "xa" and self.key(end) in {"hội", "hoi"}
        return 0 if social and not self._capital(end) else end

    def _listed(self, start: int) -> Name | None:
        """A unit of the directory, with «tỉnh» or a locality that the speaker adds."""
        found = self.directory.longest(self.words, self.plain, start)
        if found is None:
            if self.plain[start] != "so" or self.key(start) not in {"sở", "so"}:
                return None
            found = self.directory.near_miss(self.plain, start)
            if found is None:
                return None
        unit, length = found
        if length == 1 and not self._trusted_single(start, unit):
            return None
        end = start + length
        if unit.kind in {"department", "commune", "ward", "special_zone", "province"}:
            sort = "superior" if unit.kind == "province" else unit.kind
            return Name((unit.name,), end, sort)
        if not self._goes_on(end):
            return Name((unit.name,), end, unit.kind)
        longer = self._name_end(end)
        return Name((self._extended(unit.name, end, longer),), longer, unit.kind)

    def _extended(self, name: str, end: int, longer: int) -> str:
        tokens = self.reading.tokens
        tail = self.reading.text[tokens[end].start : tokens[longer - 1].end]
        tail = " ".join(tail.split())
        if not self.reading.accented:
            tail = _with_marks(tail)
        return f"{name} {tail}" if longer > end else name

    def _goes_on(self, end: int) -> bool:
        """Whether the name continues behind the part the directory knows: «… tỉnh», «… xã X»."""
        reading = self.reading
        if end >= len(self.plain) or reading.tokens[end].is_mark:
            return False
        capital = reading.tokens[end].capital and reading.tokens[end].start > 0
        return bool(
            _ENDINGS.at(reading, end)
            or _NAME_TAILS.at(reading, end)
            or self._placed(end)
            or capital
            or self.locality_at(end)
            or (self.key(end) in {"các", "cac"} and self.locality_at(end + 1))
            or (self.key(end).isdigit() and reading.tokens[end - 1].capital)
        )

    def _placed(self, end: int) -> bool:
        """«rừng phòng hộ sông mã phải …»: two or three unknown words are the place it lies in."""
        if _PLACED.before(self.reading, end) is None or self._has_capitals():
            return False
        return any(
            STRONG.at(self.reading, end + length) or MODALS.at(self.reading, end + length)
            for length in (2, 3)
            if not any(self._ends_name(place) for place in range(end, end + length))
        )

    def _trusted_single(self, start: int, unit: DirectoryUnit) -> bool:
        token = self.reading.tokens[start]
        return token.capital and token.start > 0 and len(token.word) > 1

    def _departments(self, start: int) -> Name | None:
        """«Các Sở: A, B và C», «Sở A, B»: short names after one «Sở»; or a department not listed."""
        place = start
        if self.key(place) in {
            "các",
            "hai",
            "ba",
            "bốn",
            "năm",
            "liên",
            "cac",
            "bon",
            "nam",
            "lien",
        }:
            place += 1
        if place >= len(self.words) or self.key(place) not in {"sở", "so"}:
            return None
        place += 1
        if place < len(self.words) and self.words[place] == ":":
            place += 1
        names, end = self._short_list(place, "department", listed=place > start + 1)
        if names and (len(names) > 1 or place > start + 1):
            return Name(names, end, "department")
        if place == start + 1 and place < len(self.words) and self.reading.tokens[place].capital:
            end = self._name_end(place)
            return Name((self._shown(start, end),), end, "department")
        return None

    def _everyday(self, start: int) -> Name | None:
        """«bên Nông nghiệp», «ngành Y tế», «anh Nội vụ»: a department by its short name."""
        if self.key(start) not in _EVERYDAY:
            return None
        if start + 1 >= len(self.words):
            return None
        found = self.directory.longest_short(self.words, self.plain, start + 1)
        if found is None or found[0].kind in _LOCAL_KINDS:
            return None
        end = start + 1 + found[1]
        named = self._capital(start + 1) or self._ends_name(end)
        return Name((found[0].name,), end, "department") if named else None

    def _short_list(self, place: int, kind: str, *, listed: bool) -> tuple[tuple[str, ...], int]:
        """Short names with commas, or side by side when a plural («các sở …») announced a list."""
        names: list[str] = []
        end = place
        while place < len(self.words):
            found = self.directory.longest_short(self.words, self.plain, place, kind)
            if found is None:
                break
            names.append(found[0].name)
            end = place + found[1]
            place = self._after_comma(end)
            if place == end and not (listed and self._list_goes_on(place)):
                break
        return tuple(dict.fromkeys(names)), end

    def _list_goes_on(self, place: int) -> bool:
        """«các sở y tế xây dựng …»: «xây dựng» is a department only if a verb still follows."""
        if self.reading.punctuated:
            return False
        verb = STRONG.at(self.reading, place)
        return not verb or bool(acts_at(self.reading, verb))

    def _after_comma(self, place: int) -> int:
        """Step over «,», «và», «, và» between two items."""
        step = place
        if step < len(self.words) and self.words[step] == ",":
            step += 1
        if step < len(self.words) and self.key(step) in {"và", "va"}:
            step += 1
        return step

    # ------------------------------------------------------------ localities

    def _localities(self, start: int) -> Name | None:
        """«UBND xã A», «phường A, B», «các xã A, B và C»."""
        reading = self.reading
        place = COMMITTEE.at(reading, start) or start
        if place < len(self.words) and self.key(place) in {
            "các",
            "hai",
            "ba",
            "bốn",
            "năm",
            "cac",
            "bon",
            "nam",
        }:
            place += 1
        if place > start and self._lists_names(LOCALITIES.at(reading, place) or len(self.words)):
            several = self._side_by_side(place, self.locality_at(place))
            if several is not None:
                return several
        plural = place > start and self.plain[place - 1] not in {
            "dan",
            "ubnd",
            "ban",
            "quyen",
            "uy",
        }
        noun_end = self.locality_at(place)
        if not noun_end:
            return None
        kind = self._locality_kind(place, noun_end)
        names: list[str] = []
        end = noun_end
        place = noun_end
        if place < len(self.words) and self.words[place] == ":":
            place += 1
        while place < len(self.words):
            read = self._locality_name(place, kind, listed=bool(names) and not plural)
            if read is None:
                break
            names.append(f"UBND {kind} {read[0]}" if not read[0].startswith("UBND") else read[0])
            end = read[1]
            following = self._after_comma(end)
            if following == end and plural and not self._ends_name(end):
                place = end
                continue
            if following == end or self.locality_at(following):
                break
            place = following
        return Name(tuple(names), end, "commune") if names else None

    def _side_by_side(self, noun: int, place: int) -> Name | None:
        """«các xã pờ tó ia tul …»: lower-case names of two syllables, or ended by a number."""
        if self.plain[noun - 1] in {"ubnd", "dan", "ban", "quyen", "uy"}:
            return None
        end = place
        while (
            end < len(self.words)
            and not self._breaks_name(end)
            and (self.words[end].isdigit() or not self._ends_name(end))
        ):
            end += 1
        numbered = [p + 1 for p in range(place, end) if self.words[p].isdigit()]
        if numbered and numbered[-1] == end:
            bounds = numbered
        elif (end - place) % 2 == 0 and end - place > 2:
            bounds = list(range(place + 2, end + 1, 2))
        else:
            return None
        kind = self._locality_kind(noun, place)
        starts = [place, *bounds[:-1]]
        names = tuple(
            f"UBND {kind} {self._titled(a, b)}" for a, b in zip(starts, bounds, strict=True)
        )
        return Name(names, end, "commune")

    def _locality_kind(self, place: int, end: int) -> str:
        plain = " ".join(self.plain[place:end])
        return {"xa": "xã", "phuong": "phường", "dac khu": "đặc khu"}.get(plain, "thị trấn")

    def _locality_name(self, place: int, kind: str, *, listed: bool) -> tuple[str, int] | None:
        """The name alone; `listed` when it follows others in a list and needs better proof."""
        reading = self.reading
        token = reading.tokens[place]
        kinds = {"xã": "commune", "phường": "ward", "đặc khu": "special_zone"}
        found = self.directory.longest_short(self.words, self.plain, place, kinds.get(kind, ""))
        if found is not None:
            return found[0].name, place + found[1]
        if token.is_mark:
            return None
        if token.capital or (token.word.isdigit() and self._capital(place + 1)):
            end = place + 1
            while self._capital(end) or self._joined(end):
                end += 1
            if end < len(self.words) and self._name_digit(end):
                end += 1
            return self._shown(place, end), end
        if listed or self._has_capitals():
            return None
        end = self._lower_locality_end(place)
        return (self._titled(place, end), end) if end else None

    def _capital(self, place: int) -> bool:
        return place < len(self.words) and self.reading.tokens[place].capital

    def _joined(self, place: int) -> bool:
        """«Lâm Viên - Đà Lạt»: a hyphen between two capitals."""
        return (
            place < len(self.words)
            and self.words[place] in {"-", "–"}
            and self._capital(place + 1)
            and not SAFE_HEADS.at(self.reading, place + 1)
        )

    def _name_digit(self, place: int) -> bool:
        word = self.words[place]
        return (
            word.isdigit()
            and len(word) == 1
            and not (place + 1 < len(self.words) and self.words[place + 1] in {"/", ".", "-", "%"})
        )

    def _has_capitals(self) -> bool:
        return any(token.capital for token in self.reading.tokens[1:])

    def _lower_locality_end(self, place: int) -> int:
        """Names have two syllables mostly, one to four at most, and end before a verb."""
        if self.plain[place] not in _NAME_LIKE and self._ends_name(place):
            return 0
        for length in (2, 3, 4, 1):
            end = place + length
            if end > len(self.words) or any(self._breaks_name(p) for p in range(place, end)):
                continue
            numbered = end < len(self.words) and self.key(end) in _NUMBER_WORDS
            if numbered and self._ends_name(end + 1):
                return end + 1
            if self._ends_name(end):
                return end
        return min(place + 2, len(self.words))

    def _breaks_name(self, place: int) -> bool:
        """A mark or the beginning of another unit cannot lie inside the name of a place."""
        return self.reading.tokens[place].is_mark or self.key(place) in _UNIT_WORDS

    def _ends_name(self, place: int) -> bool:
        reading = self.reading
        if place >= len(self.words) or reading.tokens[place].is_mark:
            return True
        return bool(
            STRONG.at(reading, place)
            or MODALS.at(reading, place)
            or WEAK.at(reading, place)
            or ADVERBS.at(reading, place)
            or REPORTING.at(reading, place)
            or _STOPS.at(reading, place)
        )

    # ------------------------------------------------------------ groups

    def _group(self, start: int) -> Name | None:
        """«các sở, ban, ngành», «UBND các xã, phường», «các chủ đầu tư», «12 xã vùng cao»."""
        reading = self.reading
        place = GROUP_OPENINGS.at(reading, start)
        counted = self.words[start].isdigit() and self.locality_at(start + 1)
        if counted:
            place = start + 1
        if not place:
            return None
        noun_end = self._posts_of(place) or _GROUP_NOUNS.at(reading, place)
        if not noun_end:
            return None
        local = bool(self.locality_at(place)) or self._posts_of(place) > 0
        end = noun_end
        while True:
            following = self._after_comma(end)
            if following == end and self._noun_again(end, local):
                end = _GROUP_NOUNS.at(reading, end)
                continue
            if following < len(self.words) and self.words[end] == "-":
                following = end + 1
            if following == end:
                break
            if self.key(following) in {"các", "cac"} and local:
                following += 1
            noun_end = _GROUP_NOUNS.at(reading, following)
            if not noun_end or (local and not self.locality_at(following)):
                break
            if self._is_named(following, noun_end):
                break
            end = noun_end
        if not counted and (self._is_named(place, end) or (local and self._lists_names(end))):
            return None
        end = self._qualified(end)
        shown = self._group_shown(start, place, end, local)
        return Name((shown,), end, "group")

    def _noun_again(self, end: int, local: bool) -> bool:
        """«các xã phường», «các sở ngành»: nouns side by side without a comma."""
        if end >= len(self.words) or self.words[end] == "-" or STRONG.at(self.reading, end):
            return False
        noun = self.locality_at(end) if local else _AGENCIES.at(self.reading, end)
        return bool(noun) and not self._is_named(end, noun)

    def _lists_names(self, end: int) -> bool:
        """«các xã pờ tó ia tul rà soát»: lower-case names, not words about the communes."""
        if end >= len(self.words) or self._has_capitals() or self.reading.tokens[end].is_mark:
            return False
        return not self._ends_name(end) and not _QUALIFIERS.at(self.reading, end)

    def _posts_of(self, place: int) -> int:
        """«các đồng chí chủ tịch xã» are the communes."""
        found = _POSTS_OF_LOCALITIES.at(self.reading, place)
        return found

    def _is_named(self, place: int, end: int) -> bool:
        """«các xã Nậm Hoa, …», «Sở Y tế»: a proper name follows, so it is not a group."""
        if end >= len(self.words) or STRONG.at(self.reading, end):
            return False
        token = self.reading.tokens[end]
        if token.word == ":" and self._capital(end + 1):
            return True
        noun = self.plain[end - 1]
        if noun in {"xa", "phuong", "khu"}:
            kind = {"xa": "commune", "phuong": "ward", "khu": "special_zone"}[noun]
            short = self.directory.longest_short(self.words, self.plain, end, kind)
            return token.capital or short is not None
        if noun == "so":
            return (
                self.directory.longest_short(self.words, self.plain, end, "department") is not None
            )
        return False

    def _qualified(self, end: int) -> int:
        """Take «có thủy điện», «vùng cao», «liên quan» along when a verb follows soon."""
        reading = self.reading
        if end >= len(self.words) or STRONG.at(reading, end) or MODALS.at(reading, end):
            return end
        if not _QUALIFIERS.at(reading, end) and self._ends_name(end):
            return end
        if WEAK.at(reading, end) and not _QUALIFIERS.at(reading, end):
            return end
        place = _QUALIFIERS.at(reading, end) or end
        for step in range(place, min(place + 6, len(self.words) + 1)):
            if step == len(self.words) or reading.tokens[step].is_mark:
                return step if step - end <= 4 else end
            if STRONG.at(reading, step) or MODALS.at(reading, step) or ADVERBS.at(reading, step):
                return step
            if WEAK.at(reading, step) and step > end + 1:
                return step
            if _STOPS.at(reading, step) and step > end:
                return step
        return place if _QUALIFIERS.at(reading, end) else end

    def _group_shown(self, start: int, place: int, end: int, local: bool) -> str:
        text = self._shown(place, end)
        if not self.reading.accented:
            text = _with_marks(text)
        if self._posts_of(place):
            nouns = [w for w in ("xã", "phường", "đặc khu") if w in text.lower()]
            return "UBND các " + ", ".join(nouns or ["xã"])
        if "giám đốc" in text.lower():
            return "các sở"
        if self.words[start].isdigit():
            return f"UBND {self.words[start]} {text}"
        if local:
            text = re.sub(r"(?<=\w) (?=(?:phường|đặc khu)\b)", ", ", text).replace("và, ", "và ")
            return "UBND các " + text[0].lower() + text[1:]
        opening = self.reading.text[
            self.reading.tokens[start].start : self.reading.tokens[place].start
        ]
        text = re.sub(r"(?<=\b(?:sở|an)) (?=ban\b)|(?<=sở|an|nh) (?=ngành\b)", ", ", text)
        opening = opening.strip() if self.reading.accented else _with_marks(opening.strip())
        return f"{opening} {text}".lower()

    # ------------------------------------------------------------ open names

    def _open(self, start: int) -> Name | None:
        """A name by its form: a known opening, then capitals, or words up to the first verb."""
        reading = self.reading
        if NOT_HEADS.at(reading, start):
            return None
        head_end = SAFE_HEADS.at(reading, start)
        token = reading.tokens[start]
        if head_end == start + 1 and not reading.accented and not token.capital:
            head_end = 0
        if not head_end and token.capital:
            head_end = CAPITAL_HEADS.at(reading, start)
            named = self._capital(head_end) or NAME_PARTS.at(reading, head_end)
            if not head_end or not (named or _ENDINGS.at(reading, head_end)):
                return None
        if not head_end:
            return None
        end = self._name_end(head_end)
        if end - start < 2 and self.plain[start] not in {"vnpt", "viettel", "mobifone", "evn"}:
            return None
        return Name((self._shown(start, end),), end, "body")

    def _name_end(self, place: int) -> int:
        """Follow capitals, parts of names and, until a verb, lower-case words."""
        reading = self.reading
        first = place
        while place < len(self.words):
            token = reading.tokens[place]
            if token.is_mark:
                if self._joined(place) or (token.word == "&" and self._capital(place + 1)):
                    place += 1
                    continue
                break
            closing = _ENDINGS.at(reading, place)
            if closing and self.plain[place] == "khu" and self._capital(closing):
                place = closing
                continue
            if closing:
                return self._after_place(self._owned(closing))
            if self.locality_at(place) or self.key(place) in {"các", "cac"}:
                return self._owned(place)
            part = NAME_PARTS.at(reading, place) or _NAME_TAILS.at(reading, place)
            sure = token.capital or reading.tokens[place - 1].capital or part - place > 2
            if part and (place == first or sure):
                place = part
                continue
            if token.capital and not (place > first and SAFE_HEADS.at(reading, place)):
                place += 1
                continue
            if (
                self.key(place) in {"và", "va"}
                and self._capital(place + 1)
                and not (self._begins_unit(place + 1))
            ):
                place += 1
                continue
            if self._ends_name(place) or place - first >= 7:
                break
            place += 1
        return self._after_place(place)

    def _after_place(self, end: int) -> int:
        """Take the place along when its name has no capitals: «khu vực phù cát | chỉnh lý …»."""
        if end >= len(self.words) or not self._placed(end):
            return end
        return next(
            end + length
            for length in (2, 3)
            if STRONG.at(self.reading, end + length) or MODALS.at(self.reading, end + length)
        )

    def _begins_unit(self, place: int) -> bool:
        reading = self.reading
        return bool(
            SAFE_HEADS.at(reading, place)
            or self.key(place) in {"sở", "so", "ubnd", "hội", "ban", "báo", "đài", "công", "các"}
            or self.locality_at(place)
        )

    def _owned(self, place: int) -> int:
        """Take the locality a unit belongs to: «Phòng Kinh tế các xã», «Công an phường X»."""
        reading = self.reading
        step = place
        if step < len(self.words) and self.key(step) in {"các", "cac"}:
            noun = self.locality_at(step + 1)
            if not noun:
                return place
            following = noun
            while noun := self.locality_at(self._after_comma(following)):
                following = noun
            return following
        noun = self.locality_at(step)
        if not noun:
            return place
        kind = self._locality_kind(step, noun)
        read = self._locality_name(noun, kind, listed=False) if noun < len(self.words) else None
        return read[1] if read else noun

    # ------------------------------------------------------------ words

    def key(self, place: int) -> str:
        """Return the token as the lexicons see it, or nothing past the end."""
        return self.reading.keys[place] if place < len(self.words) else ""

    def _shown(self, start: int, end: int) -> str:
        tokens = self.reading.tokens
        text = " ".join(self.reading.text[tokens[start].start : tokens[end - 1].end].split())
        return text[0].upper() + text[1:]

    def _titled(self, start: int, end: int) -> str:
        words = []
        for place in range(start, end):
            word = self.words[place]
            # «Cát Tiên ba» and «phường một Bảo Lộc» are numbered places.
            edge = place == start or (place == end - 1 and place > start + 1)
            digit = _NUMBER_WORDS.get(word) if edge and end - start > 2 else None
            words.append(digit or word[0].upper() + word[1:])
        return " ".join(words)


def _with_marks(text: str) -> str:
    """Give the known nouns of a group their diacritics back: «cac xa, phuong»."""
    return _MARKABLE.sub(lambda match: _MARKED_NOUNS[match[0].lower()], text)


_MARKED_NOUNS = {
    fold(noun): noun
    for noun in (
        *("địa phương", "đơn vị", "cơ quan", "chủ đầu tư", "đoàn thể", "tổ chức", "đặc khu"),
        *(
            "khu vực",
            "cấp xã",
            "tỉnh",
            "doanh nghiệp",
            "liên quan",
            "các",
            "sở",
            "ban",
            "ngành",
            "xã",
            "phường",
            "và",
        ),
    )
}
_MARKABLE = re.compile(rf"\b(?:{'|'.join(_MARKED_NOUNS)})\b", re.IGNORECASE)


@lru_cache(maxsize=8)
def _openings(directory: Directory) -> frozenset[str]:
    known = (SAFE_HEADS, CAPITAL_HEADS, GROUP_OPENINGS, LOCALITIES, COMMITTEE)
    words = {word for phrases in known for word in phrases.first_words}
    listed = {
        fold(word)
        for word in ("sở", "hai", "ba", "bốn", "năm", "liên", "cả", "đơn", "cơ", *_EVERYDAY)
    }
    return frozenset(words | listed | directory.first_words)


_POSTS_OF_LOCALITIES = Phrases(
    """
    đồng chí chủ tịch xã | đồng chí chủ tịch xã, phường | chủ tịch xã | chủ tịch xã, phường |
    đồng chí bí thư xã | đồng chí chủ tịch ubnd xã | đồng chí chủ tịch ubnd các xã |
    chủ tịch ubnd xã | chủ tịch ubnd các xã | đồng chí chủ tịch phường | chủ tịch phường |
    đồng chí chủ tịch ubnd xã, phường | chủ tịch ubnd xã, phường | đồng chí chủ tịch xã phường |
    đồng chí ở xã | đồng chí dưới xã | anh chủ tịch xã | đồng chí chủ tịch các xã |
    đồng chí chủ tịch ubnd các xã, phường | đồng chí chủ tịch các xã, phường
    """
)
