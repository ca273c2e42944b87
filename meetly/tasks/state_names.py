"""How the states of a task are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetly.tasks.models import TaskState

STATE_NAMES = {
    TaskState.NOT_STARTED: _l("Chưa thực hiện"),
    TaskState.IN_TIME: _l("Đang thực hiện (trong hạn)"),
    TaskState.UNDATED: _l("Chưa có hạn"),
    TaskState.OVERDUE: _l("Đang thực hiện (quá hạn)"),
    TaskState.CLAIMED: _l("Chờ xác nhận"),
    TaskState.RETURNED: _l("Trả lại"),
    TaskState.DONE_IN_TIME: _l("Hoàn thành trong hạn"),
    TaskState.DONE_LATE: _l("Hoàn thành quá hạn"),
    TaskState.CANCELLED: _l("Hủy/thay thế"),
}
