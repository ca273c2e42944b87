"""What units are told to do: the verbs of administrative Vietnamese.

Half of real directions have no order verb at all: a unit and a bare verb are the whole sentence.
In text without capitals the first verb also tells where the name of a unit ends.
"""

from __future__ import annotations

import re

from meetly.directions.extraction.reading import Phrases, Reading

#: verbs of two or more syllables; safe to recognise anywhere
STRONG = Phrases(
    """
    ban hành | bàn giao | báo cáo | bảo đảm | đảm bảo | bảo trì | bảo dưỡng | bảo vệ | biên soạn |
    biên tập | bố trí | bổ sung | bổ nhiệm | bồi dưỡng | bồi thường | buộc | bám sát | bịt kín |
    bắt buộc | bóc tách | cải tạo | cải thiện | cải cách | cam kết | can thiệp | cắt giảm |
    cắt cử | cân đối | cập nhật | cấp phát | cấp giấy | cấp tài khoản | cấp phép | cấp bù |
    chấm dứt | chấm điểm | chấn chỉnh | chấp hành | chỉ đạo | chỉ huy | chỉnh lý | chỉnh sửa |
    chỉnh lại | chỉnh trang | chịu trách nhiệm | cho kiểm tra | cho rà | cho tạm dừng | cho phép |
    chọn | chốt lại | chốt số liệu | chủ động | chủ trì | chuẩn bị | chuẩn hóa | chuyển đổi |
    chuyển giao | chuyển hồ sơ | chuyển trả | chuyển hết | công bố | công khai | củng cố |
    cung cấp | cung ứng | cử cán bộ | cử người | cử đoàn | cưỡng chế | cắm mốc | cắm biển |
    cắm xong | cứu trợ | cấp cứu | cấp nước | dán | di dời | di chuyển | diễn tập | duy trì |
    duy tu | dự báo | dự trù | dự thảo | dừng ngay | dọn dẹp | dọn sạch | dẫn đầu | đào tạo |
    đánh giá | đáp ứng | đăng ký | đăng tải | đẩy mạnh | đẩy nhanh | đề nghị | đề xuất |
    điều chỉnh | điều tra | điều tiết | điều phối | điều động | điều chuyển | đo đạc | đối chiếu |
    đối thoại | đôn đốc | động viên | đấu nối | đấu giá | đấu thầu | đầu tư | đặt mua | đặt hàng |
    đề ra | đón tiếp | đóng cửa | đưa vào | đưa ra | đưa tin | giám sát | giải quyết | giải ngân |
    giải trình | giải tỏa | giải thích | giao đất | giao nhiệm vụ | giảm thiểu | giới thiệu |
    giữ nguyên | giữ gìn | gia hạn | gia cố | gia công | gỡ vướng | gặp gỡ | góp ý | hoàn chỉnh |
    hoàn tất | hoàn thành | hoàn thiện | hoàn trả | hướng dẫn | hỗ trợ | huy động | hiệu chỉnh |
    hủy bỏ | hợp đồng | hạ tải | hạn chế | hòa giải | khảo sát | khám chữa | khám bệnh |
    khám sàng lọc | khắc phục | khen thưởng | khoanh vùng | khẩn trương | khôi phục | khởi công |
    khởi động | khơi thông | khống chế | khuyến cáo | khuyến khích | khử khuẩn | kê khai |
    kê biên | kéo dài | kiểm điểm | kiểm dịch | kiểm đếm | kiểm kê | kiểm soát | kiểm tra |
    kiểm định | kiểm nghiệm | kiểm toán | kiện toàn | kết luận | kết nối | kết thúc | ký kết |
    ký quy chế | ký hợp đồng | làm đầu mối | làm rõ | làm việc | làm sạch | lắp đặt | lấy ý kiến |
    lấy mẫu | lập danh sách | lập danh mục | lập đoàn | lập hồ sơ | lập kế hoạch | lập phương án |
    lập tổ | lập xong | lập dự toán | lập lại | lập biên bản | lồng ghép | liên hệ | liên thông |
    lưu ý | lưu trữ | luân chuyển | loại bỏ | lựa chọn | mở lớp | mở đợt | mở rộng | mở lại |
    mua sắm | mời thầu | miễn giảm | nâng cấp | nâng cao | nắm chắc | nắm tình hình | nạo vét |
    nghiêm cấm | nghiêm túc | nghiên cứu | nghiệm thu | ngăn chặn | nhân rộng | nhập liệu |
    nhập dữ liệu | niêm yết | nộp báo cáo | nộp hồ sơ | nối lại | ổn định | phát động |
    phát hành | phát hiện | phát huy | phát triển | phát sóng | phát quang | phân bổ | phân công |
    phân cấp | phân loại | phân luồng | phân tích | phân tuyến | phê bình | phê duyệt |
    phong tỏa | phòng chống | phòng ngừa | phối hợp | phổ biến | phúc tra | phủ sóng |
    phun thuốc | phục hồi | phục vụ | phụ trách | quán triệt | quản lý | quan tâm | quảng bá |
    quyết toán | quyết định | quy hoạch | quét dọn | rà soát | rà phá | rà lại | rà quét |
    ra quân | ra thông báo | ra quyết định | rút gọn | rút kinh nghiệm | rút ngắn | sàng lọc |
    san lấp | sao lưu | sắp xếp | sẵn sàng | sơ kết | sơ tán | soạn thảo | số hóa | sử dụng |
    sửa chữa | sửa đổi | sửa xong | sửa lại | tạm dừng | tái định cư | tập huấn | tập trung |
    tập hợp | tăng cường | tăng tốc | tăng ca | tạo điều kiện | tạo lập | tạo tài khoản |
    tham gia | tham mưu | tham vấn | thanh lý | thanh toán | thanh tra | thành lập | thay thế |
    thay đổi | tháo dỡ | tháo gỡ | thẩm định | thẩm tra | theo dõi | thi công | thiết kế |
    thiết lập | thí điểm | thông báo | thông tin | thông suốt | thống kê | thống nhất | thu gom |
    thu hồi | thu thập | thu hút | thu nhận | thu nộp | thuê | thúc đẩy | thực hiện | thực hành |
    thường trực | tiếp cận | tiếp nhận | tiếp tục | tiếp thu | tiếp công dân | tiến hành |
    tiêm phòng | tiêm vắc xin | tiêu hủy | tiêu độc | tìm kiếm | tìm nguồn | tổ chức | tổng hợp |
    tổng kết | tổng kiểm tra | tổng rà soát | tổng vệ sinh | trả kết quả | trả lời | trả lại |
    trả nợ | triển khai | trình ký | trình duyệt | trình phương án | trình ban hành |
    trình thẩm định | trao đổi | trao giải | trưng bày | trưng cầu | truy quét | truy thu |
    truy xuất | truy tìm | truyền thông | trực ban | trồng rừng | trồng cây | trồng bù | tu sửa |
    tuần tra | tuyên truyền | tuyển chọn | tuyển dụng | tư vấn | ủy quyền | ưu tiên | ứng phó |
    ứng trực | ứng dụng | ứng vốn | vá lại | vận động | vận hành | vệ sinh | viết báo cáo |
    xác định | xác minh | xác nhận | xây dựng | xây mới | xét duyệt | xét chọn | xem xét |
    xem lại | xin ý kiến | xóa bỏ | xóa mù | xử lý | xử phạt | xuất cấp | xúc tiến | yêu cầu |
    ngồi lại | ngồi đối chiếu | báo tôi | báo lại | gửi tôi | đưa tôi | có phương án |
    có kế hoạch | có giải pháp | có văn bản | có báo cáo | có hướng dẫn | có tờ trình |
    có trách nhiệm | có biện pháp | có ý kiến | có kết quả | có danh sách | có thông báo |
    không để | không được | không dồn | không thu | không tổ chức | không đặt | không phát sinh |
    không yêu cầu | không nhận | không giao | không ký | không cấp | không báo | không trả |
    không tự ý | không cho | không đưa | không ban hành | không gửi | không họp | không bố trí |
    tuyệt đối không | tuyệt đối | quản chặt | siết chặt | siết lại | lo thủ tục | lo xong |
    lo chỗ | lo đủ | lo cho | chấm công | chụp ảnh | quay phim | đo kiểm | đi kiểm tra |
    đi khảo sát | xuống tận | lên tận | xuống kiểm tra | xuống làm việc | đến từng | gọi điện |
    mang hồ sơ | rải nhựa | đổ bê tông | lát lại | kẻ vạch | kẻ lại | lắp biển | lắp camera |
    lắp thêm | gắn biển | phát thuốc | cấp thuốc | phát gạo | cấp gạo | hiến máu | mở kho |
    mở bán | bán điện | đóng điện | cắt điện | cấp điện | kéo điện | kéo cáp | kéo đường |
    thông xe | thông tuyến | dán nhãn | in ấn | in sao | cân nhắc | kiềm chế | tính toán |
    tính lại | định giá | đính chính | đối soát | đồng bộ | đóng góp | quyên góp | cho thuê |
    cho vay | giãn nợ | khoanh nợ | giải cứu | kết hợp | làm thủ tục | làm báo cáo | làm xong |
    làm ngay | làm lại | làm hồ sơ | làm sổ | chia sẻ | trích lập | trích xuất | đẩy lùi |
    dập dịch | dập lửa | chữa cháy | cứu hộ | cứu nạn | bắn pháo | trang bị | tôn tạo | trùng tu |
    bảo tồn | kiến tạo | đổi mới | nuôi dưỡng | chăm sóc | chăm lo | thăm hỏi | tặng quà | viếng |
    đưa đón | đón dân | đưa dân | dựng lán | dựng trạm | dựng rạp | dựng biển | chằng chống |
    gia tăng | bù đắp | phản hồi | phản ánh | kiến nghị | giải đáp | tiếp sóng | thử nghiệm |
    chạy thử | cài đặt | nâng băng thông | hiệp thương | cơ cấu lại | tích hợp | xét nghiệm |
    ứng tiền | tăng thời lượng | dán thông báo | hợp nhất | sáp nhập | phân giới | cắm mốc giới |
    kiểm thử | đồng hành | chuyển tuyến | luân phiên | thay quân | trực chiến | canh gác |
    canh lửa | điều xe | điều tạm | điều người | tích nước | sơn lại | vận chuyển | vào cuộc |
    đứng ra | bảo quản | cấp dưỡng | tuyển đủ | chuyển đổi mục đích | thu dọn | đồng bộ hóa |
    khánh thành | khai giảng | khai trương | bế giảng | hợp long | đón nhận
    """
)

#: verbs of one syllable; a verb only where the name of a unit has already ended
WEAK = Phrases(
    """
    làm | lo | gửi | nộp | mở | cử | lập | xây | sửa | báo | đưa | cho | cắm | vá | rà | thu |
    chi | trả | đón | ký | trình | họp | đo | vẽ | dọn | trồng | tiêm | phun | phát | dừng |
    đóng | chốt | trực | gặp | xử | cấp | giao | chuyển | nhận | xem | tính | viết | soạn | in |
    mua | bán | tìm | dựng | đặt | giữ | bỏ | gỡ | tháo | rút | đổi | thay | lắp | kéo | nối |
    đào | đắp | quét | khơi | chặn | cấm | phạt | khám | chữa | dạy | tập | hỏi | trao | tặng |
    đến | đi | xuống | lên | về | ngồi | đối | bàn | giúp | kiểm | rải | gom | nắm | bám | chấm |
    dồn | đăng | chọn | xét | duyệt | hủy | hoãn | đẩy | chạy | quyết | phối | lấy | gia | treo |
    chia | mời | nhắc | đọc | ghi | đề | lắng | tăng | giảm | nấu | rửa | tưới | bơm | gieo |
    gặt | bón | thả | gác | trông | chở | bốc | dỡ | xếp | sắp | trải | lát | quây | rào | khóa |
    lau | súc | hàn | dán | nhập | soát | tách | gộp | thuê | bù | cứu | vớt | kê | ứng | trích |
    lưu | nạo | đục | khoan | giãn | lùi | gọi | nhắn
    """
)

#: what follows a verb of one syllable and shows that it is one: «sắp lại», «cắm xong», «soát giúp»
_RESULTS = Phrases(
    "lại | xong | hết | ngay | thêm | giúp | luôn | cho xong | cho tôi | dứt điểm | sạch"
)


_ONSET = re.compile(r"^(?:ngh|[bcdđghklmnpqrstvx]*(?:gi(?=[^\W\d]))?)")


def _rhyme(syllable: str) -> str:
    """Return a syllable without its first consonants, which a recogniser confuses first."""
    return _ONSET.sub("", syllable)


_HEARD = frozenset((_rhyme(first), second) for first, second in STRONG.pairs())


def _misheard_at(reading: Reading, place: int) -> int:
    """Find a verb whose first consonant was misheard: «trập nhật» for «cập nhật»."""
    pair = reading.tokens[place : place + 2]
    if not reading.accented or len(pair) < 2 or any(t.is_mark or t.capital for t in pair):
        return 0
    return place + 2 if (_rhyme(pair[0].word), pair[1].word) in _HEARD else 0


def acts_at(reading: Reading, place: int) -> int:
    """Return the index after the verb at token `place`, or 0 when no verb begins there."""
    verb = STRONG.at(reading, place) or WEAK.at(reading, place) or _misheard_at(reading, place)
    if verb or place >= len(reading.tokens) or reading.tokens[place].is_mark:
        return verb
    return place + 1 if _RESULTS.at(reading, place + 1) else 0


#: words that stand between a unit and its verb and make the sentence binding
MODALS = Phrases(
    """
    phải | cần | cần phải | hãy | nhất thiết phải | bắt buộc phải | có trách nhiệm |
    chịu trách nhiệm | có nhiệm vụ | được giao | được yêu cầu | được phân công | phải bảo đảm |
    phấn đấu | đừng | không được | cấm | nghiêm cấm | được đề nghị
    """
)

#: manner, between a unit and its verb
ADVERBS = Phrases(
    """
    khẩn trương | chủ động | tiếp tục | sớm | nhanh chóng | kịp thời | tích cực | nghiêm túc |
    trực tiếp | tập trung | thường xuyên | quyết liệt | ngay | ngay lập tức | lập tức | cũng |
    thì | cùng | cứ | nên | đồng thời | trước mắt | hôm nay | tự | riêng | trước hết | sau đó |
    rồi | là | này | ấy | kia | đó | đấy | luôn | vẫn | chỉ | mỗi | nhớ | lưu ý | lưu ý giúp tôi |
    giúp tôi | cho tôi | ơi | khẩn cấp | tổ chức | chia nhau | bằng mọi cách | đặc biệt |
    nhất là | thống nhất | tuyệt đối | mỗi bên | mỗi nơi | mỗi đơn vị | mỗi xã | mỗi sở |
    hai anh | các anh | hai đồng chí | các đồng chí | anh em | mọi người
    """
)
