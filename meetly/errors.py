"""What can go wrong in the house, named for people and machines; knows nothing of HTTP.

Each class carries a stable `code` for programs and logs and a Vietnamese sentence for people,
which says what happened and what to do. The edge (web.py, cli.py) translates both.
"""

from __future__ import annotations


class MeetlyError(Exception):
    """Anything the house refuses or cannot do; subclasses say which."""

    code = "ERROR"
    message = "Có lỗi xảy ra. Dữ liệu đã lưu không bị ảnh hưởng."

    def __init__(self, message: str | None = None, **values: object) -> None:
        self.template = message or self.message
        self.values = values
        super().__init__(self.template % values if values else self.template)


class NotFound(MeetlyError):
    """The row does not exist, or the reader may not know that it does."""

    code = "NOT_FOUND"
    message = "Không tìm thấy. Nội dung có thể đã chuyển đi, hoặc không thuộc đơn vị của bạn."


class NotAllowed(MeetlyError):
    """The reader may see the row but not do this to it."""

    code = "NOT_ALLOWED"
    message = "Bạn không có quyền làm việc này. Hãy nhờ thư ký hoặc lãnh đạo của đơn vị chủ trì."


class BadInput(MeetlyError):
    """What was given cannot be used as it is; nothing was changed."""

    code = "BAD_INPUT"
    message = "Nội dung gửi lên chưa dùng được; chưa có gì thay đổi."


class Stale(MeetlyError):
    """The row has changed since the reader saw it; nothing was overwritten."""

    code = "STALE"
    message = "Nội dung đã có người sửa sau khi bạn mở. Chưa có gì bị ghi đè; hãy xem bản mới."


class WrongState(MeetlyError):
    """The row's state does not allow this step."""

    code = "WRONG_STATE"
    message = "Bước này không làm được ở trạng thái hiện tại."


class TooLarge(MeetlyError):
    """More bytes than the house accepts in one piece."""

    code = "TOO_LARGE"
    message = "Tệp lớn hơn giới hạn cho phép. Phần đã tải lên được giữ lại."


class NoSpace(MeetlyError):
    """The disk has no room; what was acknowledged is kept."""

    code = "NO_SPACE"
    message = "Máy chủ hết chỗ chứa. Dữ liệu đã nhận vẫn còn; hãy báo quản trị."


class TooManyTries(MeetlyError):
    """Secrets were guessed too often; wait and try again."""

    code = "TOO_MANY_TRIES"
    message = "Sai quá nhiều lần. Hãy đợi %(seconds)s giây rồi thử lại."


class NotConfigured(MeetlyError):
    """Something outside the house is missing: a model, a program, a setting."""

    code = "NOT_CONFIGURED"
    message = "Thiếu thành phần cần thiết. Chạy `meetly check` để biết cách cài đặt."
