"""Words that hold a direction together: who orders, who coordinates, what is only talk.

Each set is one kind of evidence; `cues` weighs them and `clauses` cuts by them.
"""

from __future__ import annotations

from meetly.directions.extraction.reading import Phrases

#: the chair gives an order; the assignee follows
ORDERS = Phrases(
    """
    giao | giao cho | giao nhiệm vụ cho | giao trách nhiệm cho | yêu cầu | đề nghị | phân công |
    phân công cho | chỉ đạo | giao thêm | giao thêm cho | giao luôn | giao luôn cho |
    giao ngay cho | ủy quyền cho | đề nghị là | yêu cầu là | nhắc | nhờ | nhờ cậy |
    tiếp tục giao | thống nhất giao | đồng ý giao | quyết định giao | giao các đồng chí |
    đề nghị các đồng chí | yêu cầu các đồng chí | lệnh cho | chỉ định | giao hẳn cho | giao hẳn |
    giao trực tiếp cho | giao đích danh | bảo | giao tiếp cho
    """
)
#: «tôi giao», «tôi yêu cầu»: who says the order, and words that may stand before it
ORDERERS = Phrases(
    """
    tôi | tôi cũng | tôi đã nói là | chúng ta | ubnd tỉnh | ủy ban nhân dân tỉnh | chủ tịch |
    chủ tịch ubnd tỉnh | chủ tịch ủy ban nhân dân tỉnh | thường trực | hội nghị | lãnh đạo tỉnh |
    tôi xin | tôi thống nhất | tỉnh | thường trực ubnd tỉnh | tập thể ubnd tỉnh |
    đồng chí chủ tịch | lãnh đạo ubnd tỉnh
    """
)
#: a new point of the conclusions begins
ENUMERATORS = Phrases(
    """
    một là | hai là | ba là | bốn là | năm là | sáu là | bảy là | tám là | chín là | mười là |
    thứ nhất | thứ hai | thứ ba | thứ tư | thứ năm | thứ sáu | cuối cùng | trước hết
    """
)
#: between order and assignee, or before an assignee, without meaning
LINKS = Phrases(
    """
    còn | riêng | thì | mà | và | rồi | nhưng | cũng | là | đồng thời | ngoài ra | bên cạnh đó |
    cùng với đó | tiếp theo | tiếp đến | trước hết | trước mắt | cuối cùng | sau cùng | nữa |
    thôi | vậy | thế thì | vậy thì | cho nên | do đó | vì vậy | vì thế | do vậy | theo đó |
    trong đó | một là | hai là | ba là | bốn là | năm là | sáu là | bảy là | tám là | chín là |
    mười là | thứ nhất là | thứ hai là | thứ ba là | à quên | mặt khác | lưu ý | việc này |
    việc đó | riêng việc này | ngay bây giờ | do | để | nhân đây | ngay sau hội nghị |
    sau hội nghị | sau hội nghị này | sau cuộc họp này | thứ nhất | thứ hai | thứ ba | thứ tư |
    thứ năm | nội dung này | việc thứ nhất | việc thứ hai | việc thứ ba | cái này | chỗ này |
    vấn đề này | từ nay | kể từ nay | từ hôm nay | trước tiên | hằng ngày | hàng ngày | bởi vậy |
    ừ thì | được rồi | thế này | như sau | tức là | nghĩa là | nhất là | kể cả | trường hợp này |
    khoản này | vụ này | phần này | hằng tuần | hàng tuần | hằng tháng | hàng tháng | mỗi tuần |
    mỗi tháng | mỗi quý | hằng quý | hàng quý | việc đó thì | cái đó | thế nhé
    """
)
#: a unit after one of these is told about, helped or written to, it is not the one who acts
GOVERNORS = Phrases(
    """
    với | cho | của | tại | gửi | gửi cho | trình | về | đến | tới | từ | ở | theo | trên |
    xuống | lên | qua | cùng | cùng với | giúp | hỗ trợ | hướng dẫn | kiểm tra | giám sát |
    đôn đốc | thanh tra | báo cáo | báo | bởi | giữa | trong | ngoài | như | thuộc | sang | mời |
    xin mời | được | bị | làm việc với | phối hợp | phối hợp với | tham mưu | tham mưu cho |
    tạo điều kiện cho | thông báo cho | chuyển | chuyển cho | cảm ơn | biểu dương | phê bình |
    ghi nhận | hoan nghênh | khen | khen thưởng | vì | bằng | vào | khỏi | khối | trực thuộc |
    đoàn | đón | gặp | thăm | nghe | xin | do các | nhắc nhở | chúc mừng | chúc | mong |
    kính gửi | kính thưa | thưa | đại diện | lãnh đạo | nhiều | những | một số | có | là của |
    so với | đồng ý cho | cho phép | cấp | bàn giao cho | giao lại cho | phân bổ cho |
    hợp đồng với | tư vấn cho | phục vụ | ngoài các | nếu | khi | để cho | vận động |
    tuyên truyền | kể cả | lấy ý kiến | xin ý kiến | ý kiến | hỏi ý kiến | tham vấn |
    thẩm định của | địa bàn | tuyến | đường | khu vực | trụ sở | quốc lộ | cầu | chợ |
    nhà văn hóa | công chức | cán bộ | người dân | chủ tịch | số hộ | hộ dân | điểm cầu |
    kết nối với | nhận từ | vận hành | xin lỗi | tiếp thu | thay | vì sao | tại sao |
    các điểm cầu | gồm | bao gồm | ngoài ra còn | kiến nghị | nói như | theo như | đồng ý với |
    nhất trí với | ủng hộ | chia sẻ với | đối với | riêng đối với | mỗi
    """
)
#: after the subject: a report, a plan, a state; not an order
REPORTING = Phrases(
    """
    đã | đang | vừa | vừa qua | mới | sẽ | còn | có | là | bị | chưa | đạt | xin | kiến nghị |
    đề xuất | đề nghị | cam kết | hứa | xin hứa | thấy | nghe | nghe rõ | nêu | vừa nêu |
    trình bày | phát biểu | thuộc | cho biết | cho rằng | dự kiến | chiếm | vẫn | vẫn còn |
    vẫn chưa | không có | không còn | không phải | không thể | không biết | mong | mong muốn |
    chúng tôi | tôi | em | của | gồm | từng | được | cũng đã | cũng đang | cũng sẽ | hiện |
    hiện nay | hiện đang | hiện có | hiện còn | luôn | làm tốt | rất | khá | giải trình |
    ghi nhận | cảm ơn | thì đã | thì đang | cũng có | cũng chưa | đồng tình | nhất trí |
    tiếp thu | vốn | đều | bao giờ | nào | hay | quy định | nào chậm | đứng đầu | dẫn đầu | xếp |
    chậm | quá hạn | báo cáo rồi | có mặt | năm nay | năm ngoái | tháng trước | tuần trước |
    hôm qua | hôm trước | tại | trên | cho đến nay | đến nay | tính đến | nói | bảo | kêu | than |
    hỏi | không đủ | không đạt | mất | thiếu | gặp khó khăn | khó khăn | gặp
    """
)
#: «có» and «được» that begin a task after all
NOT_REPORTING = Phrases(
    """
    có phương án | có kế hoạch | có giải pháp | có văn bản | có báo cáo | có hướng dẫn |
    có tờ trình | có trách nhiệm | có biện pháp | có ý kiến | có kết quả | có danh sách |
    có thông báo | có nhiệm vụ | được giao | được yêu cầu | được phân công | giải trình |
    giải trình rõ | không có ngoại lệ | còn lại | được đề nghị
    """
)
#: somewhere after the unit: what it did, not what it shall do
PAST_TIMES = Phrases(
    """
    vừa qua | thời gian qua | đến nay | tính đến | vừa rồi | hôm qua | tuần trước | tháng trước |
    năm ngoái | hiện nay | hiện đã | những ngày qua | tuần qua | tháng qua | từ đầu năm | sẽ |
    lâu nay | mới đây | mới chỉ | nhận thiếu sót | nhận trách nhiệm
    """
)
#: anywhere before the assignee: the whole sentence only tells or wishes
TELLING_OPENINGS = Phrases(
    """
    vừa qua | thời gian qua | trong thời gian qua | đến nay | đến giờ này | tính đến |
    đến hôm nay | đến ngày hôm nay | tới nay | đến thời điểm này | cho tới nay | cho đến nay |
    tuần trước | tháng trước | năm ngoái | năm trước | hôm qua | trước đây |
    trước đó | lúc trước | theo báo cáo | theo quy định | quy chế | luật | nghị định | thông tư |
    nghị quyết | tại kết luận | tại thông báo | thực hiện kết luận | kính thưa | thưa | xin mời |
    mời | chúc | cảm ơn | xin cảm ơn | biểu dương | ghi nhận | hoan nghênh | tôi đánh giá |
    đánh giá cao | chúng tôi | em xin | vì sao | tại sao | sao | dự kiến | kiến nghị |
    kính đề nghị | đề xuất | cử tri | bà con | nhân dân | báo cáo đồng chí | báo cáo chủ tịch |
    đồng ý | thống nhất với | nhất trí | thống nhất chủ trương | thống nhất cho | không đồng ý |
    tạm thời chưa | chương trình | sau đây | tiếp theo chương trình | trân trọng | kỳ trước |
    tại kỳ | tại cuộc họp | tại phiên họp | phê bình | tôi phê bình | rất tiếc | đáng tiếc |
    công văn | văn bản số | hiện nay | hiện tại | qua kiểm tra | qua theo dõi | qua rà soát |
    theo phản ánh | theo thống kê | nhìn chung | cả tỉnh | toàn tỉnh | bình quân |
    nghị quyết của | kế hoạch số | quyết định số | giả sử | giá như | nghe | theo kế hoạch |
    trong kỳ | dạ | báo cáo anh | báo cáo hội nghị | đại diện | ngay từ đầu năm | từ đầu năm |
    từ đầu tháng | trong tháng qua | trong tuần qua | trong quý | năm qua | đơn vị nào | nơi nào |
    xã nào | sở nào | ai | ngành nào | địa phương nào
    """
)
#: after what was said or done before: the order is given now
NOW = Phrases("nay | nay thì | bây giờ | giờ | giờ thì | lần này")
#: first person plural or a humble voice: a unit speaks about itself
HUMBLE = Phrases(
    """
    chúng tôi | chúng em | xin hứa | xin cam kết | xin phép | kính đề nghị | kính mong |
    trân trọng đề nghị | rất mong | mong muốn | đề nghị ubnd tỉnh | đề nghị ủy ban nhân dân tỉnh |
    đề nghị chủ tịch | đề nghị trung ương | đề nghị chính phủ | đề nghị bộ | xã tôi | sở tôi |
    phường tôi | đơn vị tôi | xã em | xin đề nghị | xin kiến nghị | xin đề xuất | mong tỉnh |
    mong chủ tịch | xin được | xin báo cáo | em xin | xã xin | sở xin | phường xin | đơn vị xin |
    chúng cháu | bên em | bên tôi xin | tôi xin hứa | tôi xin phép | tôi xin báo cáo | kính thưa |
    báo cáo đồng chí chủ tịch | báo cáo chủ tịch | thông báo để | tôi chúc | xin chúc |
    chúc các đồng chí | chúc hội nghị | đề nghị tỉnh quan tâm | đề nghị tỉnh hỗ trợ |
    đề nghị tỉnh bố trí | đề nghị tỉnh cho | đề nghị tỉnh xem xét | đề nghị tỉnh sớm |
    đề nghị tỉnh chỉ đạo | đề nghị tỉnh có | đề nghị tỉnh cấp | đề nghị tỉnh tạo điều kiện
    """
)
#: an order that was given earlier
PAST_ORDERS = Phrases(
    """
    đã giao | đã chỉ đạo | đã yêu cầu | đã phân công | đã đề nghị | đã có công văn |
    đã có văn bản | từng giao | đã ký | đã ban hành | đã ra | đã nhắc | đã đôn đốc | vừa giao |
    vừa chỉ đạo | đã được giao | được giao từ | giao từ | đã nhiều lần | đã kết luận |
    cũng đã giao | có giao | có chỉ đạo | từng yêu cầu | mới giao | đã triển khai |
    đã hoàn thành | đã báo cáo | đã trình | đã gửi | đã làm | đã thực hiện | đã tổ chức |
    đã xong | đã phối hợp | đã rà soát | đã lập | đã xây dựng
    """
)
#: the sentence recites a rule or a document
RULES = Phrases(
    """
    theo quyết định | theo luật | theo nghị định | theo thông tư | theo quy chế | theo quy định |
    theo nghị quyết | theo chỉ thị | theo hiến pháp | quy chế | luật | nghị định | thông tư |
    theo phân cấp | theo chức năng | theo thẩm quyền | dự thảo quy chế | dự thảo nghị quyết |
    dự thảo quy định
    """
)
#: people ask, they do not order
PETITIONERS = Phrases(
    """
    cử tri | bà con | nhân dân | người dân | dân | các hộ dân | hộ dân | doanh nghiệp |
    đoàn viên | hội viên | đại biểu | ý kiến cử tri | qua tiếp xúc cử tri | phụ huynh
    """
)
#: verbs of what a unit always does; alone they describe it
STATES = Phrases("quản lý | phụ trách | phục vụ | chịu trách nhiệm chung | có trụ sở")
#: numbers told, not tasks given
STATISTICS = Phrases(
    """
    so với | cùng kỳ | lũy kế | bình quân | tăng trưởng | trong đó có | chiếm tỷ lệ |
    chiếm tỉ lệ | chiếm khoảng | chiếm hơn | chiếm gần | giải ngân được |
    thu được | cao hơn | thấp hơn | ước đạt | đạt được | toàn tỉnh có | còn lại | xếp thứ |
    tổng số
    """
)
#: the meeting itself is being run
MEETING_TALK = Phrases(
    """
    ý kiến gì | gì nữa không |
    micro | mic | míc | nghe rõ | bấm nút | giơ tay | vọng tiếng | điểm cầu tắt | tắt mic |
    tắt tiếng | bật tiếng | ổn định chỗ ngồi | vào phòng họp | nghỉ giải lao | ghi vào kết luận |
    vào kết luận cho | này vào kết luận | vào biên bản | ghi vào biên bản | ghi biên bản |
    ghi rõ vào | thông báo để | ghi cho rõ | biểu quyết | nói ngắn gọn | ý kiến ngắn gọn |
    không đọc lại | trình bày ngắn | giải lao | chụp ảnh lưu niệm | bật loa | kết nối lại |
    đưa vào kết luận | đưa vào thông báo | đưa vào biên bản | ghi nhận ý kiến | chiếu slide |
    trình chiếu | bật camera | tắt camera | mở camera | chỉnh camera | kiểm tra đường truyền |
    kiểm tra lại đường truyền | thử đường truyền | phát biểu ngắn gọn | mời phát biểu |
    không phát biểu | đăng ký phát biểu | chuẩn bị phát biểu | phát biểu tiếp | phát biểu trước |
    lên tiếng | xem lại tín hiệu | mất tín hiệu | mất hình | không có hình
    """
)
#: a question ends like this when the mark is missing
QUESTION_ENDS = Phrases(
    """
    không | chưa | được không | có kịp không | hay không | được chưa | đúng không | phải không |
    rồi chưa | nhỉ | hả
    """
)
#: what holds true only if someone above decides
HYPOTHESES = Phrases(
    """
    nếu trung ương | nếu chính phủ | nếu được | nếu bộ | nếu tỉnh | nếu quốc hội | nếu hội đồng |
    nếu hđnd | nếu có kinh phí | nếu có vốn | nếu ubnd tỉnh | nếu thủ tướng | nếu cấp trên |
    giả sử | giá như | trường hợp trung ương | trường hợp chính phủ | trường hợp bộ |
    trường hợp được | trường hợp thủ tướng | trường hợp quốc hội | nếu được bổ sung |
    nếu được chấp thuận | nếu được phê duyệt | nếu thuận lợi | nếu nhà đầu tư | nếu đề án
    """
)
#: «A phối hợp (với) B»
TOGETHER_WITH = Phrases(
    """
    phối hợp với | phối hợp cùng | phối hợp cùng với | phối hợp | phối hợp chặt chẽ với |
    phối hợp chặt chẽ cùng | cùng | cùng với | phối hợp tốt với | cùng phối hợp với |
    với sự tham gia của | có sự tham gia của | với sự phối hợp của | có sự phối hợp của |
    bàn bạc với | bàn với | thống nhất với | kết hợp với | cộng tác với
    """
)
#: members of a team
MEMBERS = Phrases(
    "gồm|gồm có|bao gồm|thành viên là|thành viên gồm|các thành viên|tham gia gồm|có|thành phần gồm"
)
#: reporting on the task, as opposed to doing it
REPORTS = Phrases(
    """
    báo cáo | báo cáo kết quả | gửi báo cáo | kết quả báo cáo | kết quả gửi | báo tôi |
    báo cáo tôi | báo lại | gửi kết quả | tổng hợp báo cáo | tổng hợp kết quả |
    thông tin kết quả | kết quả thực hiện | gửi kết quả về | và báo cáo | đồng thời báo cáo |
    báo cáo lại | rồi báo cáo | rồi báo | báo cáo ubnd | kết quả | báo cáo tiến độ |
    định kỳ báo cáo | báo cáo bằng văn bản
    """
)
#: one deadline for everything said before
SHARED = Phrases(
    """
    tất cả | các việc trên | các nhiệm vụ trên | cả hai việc | hai việc này | các nội dung trên |
    toàn bộ các việc | mọi việc | các việc này | các nhiệm vụ này | hai việc | cả ba việc |
    ba việc này | những việc trên | các phần việc | những việc này | toàn bộ |
    các đơn vị hoàn thành | cả hai | cả ba | chung | thời hạn chung | tất cả các việc |
    các công việc trên | hai nội dung
    """
)
