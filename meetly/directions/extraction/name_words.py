"""Words that names of units are made of, and words that end them.

Capitals mark a name in well-written text; a recogniser writes none. These sets tell where the
name of a unit that no directory lists begins, goes on and ends.
"""

from __future__ import annotations

from meetly.directions.extraction.reading import Phrases

LOCALITIES = Phrases("xã|phường|đặc khu|thị trấn")
#: ordinary words that look like «xã», «phường» and a name, most of them only without diacritics
NOT_LOCALITIES = Phrases(
    """
    xã hội | phương án | phương pháp | phương tiện | phương thức | phương hướng | phương châm |
    xa xôi | xa trung tâm | xả lũ | xả rác | xả thải | xả nước
    """
)
#: behind «xã», «phường» these begin no name
NEVER_FIRST = Phrases(
    """
    có | là | được | bị | đã | đang | sẽ | vừa | này | đó | ấy | nào | khác | chúng | tôi | ta |
    em | mình | cũng | thì | mà | nên | nếu | trong | ngoài | trên | dưới | ở | của | cho | và |
    với | để | không | chưa | còn | vẫn | rất | phải | cần | hãy | cứ | gửi | làm | nộp | báo |
    lo | xin | nói | thấy | miền | vùng | ven | nghèo | loại | hay | hoặc | do | vì | khi | từ |
    đến | về | nhưng | cũ | mới | viên | hội chủ nghĩa | mất | thiếu | gặp | đều | chậm |
    liên quan | nhận | cử | trình | ký | họp | giao | lấy | đưa | kéo | trả | ngay | sớm |
    khẩn trương | chủ động | tự | trực tiếp | tiếp tục | cùng | như | theo | so | hôm | ngày
    """
)
COMMITTEE = Phrases("ubnd|ủy ban nhân dân|ủy ban|chính quyền|đảng ủy|hđnd và ubnd|đảng ủy, ubnd")
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
    nạn nhân chất độc | cựu thanh niên xung phong | hàng không | hàng hải
    """
)
#: nouns that lengthen a name the directory knows: «Ban Quản lý dự án … công trình nông nghiệp»
NAME_TAILS = Phrases(
    """
    công trình | dân dụng và công nghiệp | dân dụng | giao thông | nông nghiệp | công nghiệp |
    đô thị | thủy lợi | và phát triển nông thôn | nông thôn | vùng | miền | số 1 | số 2 | số 3 |
    đa khoa
    """
)
#: a name goes no further than these
ENDINGS = Phrases("tỉnh|khu vực|thành phố|cấp xã|cấp tỉnh|trung ương")
#: names that usually carry the name of a place
PLACED = Phrases(
    """
    rừng phòng hộ | rừng đặc dụng | kiểm lâm | vườn quốc gia | đồn biên phòng | khu kinh tế |
    cửa khẩu | khu bảo tồn | đa khoa | thủy điện | khu vực
    """
)
STOPS = Phrases(
    """
    và | với | cùng | để | cho | của | đã | sẽ | vừa | là | có | thì | mà | rồi | nhưng | do |
    về | từ | tại | trong | trước | sau | khi | nếu | theo | này | đó | ấy | kia | trên |
    nói trên | nêu trên | được | bị | không | chưa | còn | ngay | sớm | đến | gửi | trình | ngày |
    tháng | tuần | quý | chậm nhất | hôm | mai | sáng | chiều | tối | các | những | mỗi | thôi |
    nhé | hết | xong | thứ | chủ | hai tuần | một tháng | nội trong | cũng | cứ | ra | vào |
    phụ trách | làm | như | vì | nên | giúp | liên quan | sở | xã | phường | ubnd | chúng | tôi |
    ta | em | nào | khác | gồm | bao gồm | nói | mất | thiếu | gặp | khó | đều
    """
)
#: in front of a group: «các», «tất cả các», «mỗi»
GROUP_OPENINGS = Phrases(
    """
    các | tất cả các | toàn bộ các | mọi | từng | mỗi | 100% các | ubnd các |
    ủy ban nhân dân các | ủy ban các | mấy
    """
)
GROUP_NOUNS = Phrases(
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
    hiệp hội | tổ chức tín dụng | đồng chí giám đốc sở | giám đốc sở | giám đốc các sở |
    đơn vị dự toán | đơn vị dự toán cấp i | đơn vị dự toán cấp ii
    """
)
AGENCIES = Phrases("sở | ban | ngành | đoàn thể | địa phương")
QUALIFIERS = Phrases(
    """
    có | liên quan | có liên quan | vùng | vùng cao | ven | ven biển | biên giới | trên địa bàn |
    trên địa bàn tỉnh | trong tỉnh | còn lại | trực thuộc | nói trên | nêu trên | trên | chưa |
    thuộc | thuộc tỉnh | tham gia | được phân công | trong vùng | ở | cấp tỉnh | cấp xã |
    chuyên môn | địa phương | thường trực | của tỉnh | giáp | dọc | hạ du | lòng hồ | đầu nguồn |
    xếp | xếp dưới | chậm | để xảy ra | bị | được | nơi | nơi có
    """
)
POSTS_OF_LOCALITIES = Phrases(
    """
    đồng chí chủ tịch xã | đồng chí chủ tịch xã, phường | chủ tịch xã | chủ tịch xã, phường |
    đồng chí bí thư xã | đồng chí chủ tịch ubnd xã | đồng chí chủ tịch ubnd các xã |
    chủ tịch ubnd xã | chủ tịch ubnd các xã | đồng chí chủ tịch phường | chủ tịch phường |
    đồng chí chủ tịch ubnd xã, phường | chủ tịch ubnd xã, phường | đồng chí chủ tịch xã phường |
    đồng chí ở xã | đồng chí dưới xã | anh chủ tịch xã | đồng chí chủ tịch các xã |
    đồng chí chủ tịch ubnd các xã, phường | đồng chí chủ tịch các xã, phường
    """
)
