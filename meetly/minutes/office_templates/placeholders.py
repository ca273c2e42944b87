"""The placeholders a form may hold, and what each stands for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Placeholder:
    """One name; with fields it is a record, with `many` a list that a loop goes through."""

    name: str
    meaning: object
    fields: tuple[Placeholder, ...] = ()
    many: bool = False


def _person(name: str, meaning: object) -> Placeholder:
    fields = (
        Placeholder("ho_ten", _l("họ và tên")),
        Placeholder("chuc_vu", _l("chức vụ")),
    )
    return Placeholder(name, meaning, fields)


def _spoken(name: str, meaning: object) -> Placeholder:
    fields = (
        Placeholder("stt", _l("số thứ tự")),
        Placeholder("don_vi", _l("đơn vị, hoặc người nói khi không rõ đơn vị")),
        Placeholder("nguoi_noi", _l("người nói, trong ngoặc đơn")),
        Placeholder("noi_dung", _l("nội dung")),
        Placeholder("muc", _l("mục chương trình, nếu đã đánh dấu")),
    )
    return Placeholder(name, meaning, fields, many=True)


_DIRECTION = (
    Placeholder("stt", _l("số thứ tự")),
    Placeholder("chu_cai", _l("chữ cái của khoản: a, b, c, d, đ")),
    Placeholder("noi_dung", _l("việc phải làm")),
    Placeholder("toan_van", _l("cả câu chỉ đạo, có đơn vị và thời hạn")),
    Placeholder("chu_tri", _l("đơn vị chủ trì")),
    Placeholder("phoi_hop", _l("đơn vị phối hợp")),
    Placeholder("thoi_han", _l("thời hạn")),
    Placeholder("san_pham", _l("sản phẩm")),
    Placeholder("moc_ghi", _l("mốc thời gian trong bản ghi")),
)
_CHAIR = _person("chu_tri", _l("Người chủ trì"))

#: in the order in which the papers hold them
PLACEHOLDERS = (
    Placeholder("co_quan_chu_quan", _l("Cơ quan chủ quản")),
    Placeholder("co_quan", _l("Cơ quan ban hành")),
    Placeholder("van_phong", _l("Tên văn phòng khi viết trong câu")),
    Placeholder("so", _l("Số văn bản; bản chưa đăng ký là dấu ba chấm")),
    Placeholder("ky_hieu", _l("Ký hiệu, ví dụ BB-VP hoặc TB-VP")),
    Placeholder("dia_danh_ngay_thang", _l("Địa danh và ngày, tháng, năm ban hành")),
    Placeholder("trich_yeu", _l("Trích yếu nội dung")),
    Placeholder("thay_the", _l("Văn bản được thay thế; trống khi không thay văn bản nào")),
    Placeholder("la_du_thao", _l("Có phải dự thảo không, dùng trong điều kiện")),
    Placeholder("ten_cuoc_hop", _l("Tên cuộc họp")),
    Placeholder("ngay_hop", _l("Ngày họp viết bằng chữ")),
    Placeholder("gio_bat_dau", _l("Giờ bắt đầu")),
    Placeholder("gio_ket_thuc", _l("Giờ kết thúc")),
    Placeholder("dia_diem", _l("Địa điểm và hình thức họp")),
    Placeholder(
        "chu_tri", _CHAIR.meaning,
        (*_CHAIR.fields, Placeholder("chuc_danh", _l("cách gọi trong câu"))),
    ),
    _person("thu_ky", _l("Thư ký cuộc họp")),
    Placeholder("thanh_phan", _l("Thành phần tham dự, mỗi mục một dòng"), many=True),
    Placeholder("vang", _l("Đơn vị vắng, mỗi mục một dòng"), many=True),
    Placeholder("du_hop", _l("Thành phần dự họp viết gọn cho thông báo")),
    Placeholder("tai_lieu", _l("Tài liệu của cuộc họp"), many=True),
    Placeholder("bieu_quyet", _l("Kết quả biểu quyết")),
    _spoken("bao_cao", _l("Báo cáo tại hội nghị")),
    _spoken("thao_luan", _l("Ý kiến thảo luận")),
    Placeholder("danh_gia", _l("Đánh giá, kết luận của chủ trì"), many=True),
    Placeholder("nhiem_vu", _l("Các nhiệm vụ được giao"), _DIRECTION, many=True),
    Placeholder("theo_doi", _l("Việc văn phòng theo dõi; chỉ có trong thông báo"), many=True),
    Placeholder("cau_hoi", _l("Điểm cần hỏi lại chủ trì; chỉ có trong dự thảo"), many=True),
    Placeholder("mo_dau", _l("Đoạn mở đầu của thông báo")),
    Placeholder("ket_thuc", _l("Câu kết của thông báo")),
    _person("nguoi_ky", _l("Người ký thông báo")),
    Placeholder("chuc_vu_nguoi_ky", _l("Các dòng quyền hạn, chức vụ người ký"), many=True),
    Placeholder("noi_nhan", _l("Nơi nhận"), many=True),
    Placeholder("luu", _l("Nơi lưu, ví dụ VT, Hồ sơ")),
)  # fmt: skip
