"""Which engines this installation has: those that are configured, by name."""

from __future__ import annotations

import logging
from collections.abc import Callable

from meetly.config import Config, settings
from meetly.errors import BadInput, NotConfigured
from meetly.meetings.conference.bigbluebutton import BigBlueButton
from meetly.meetings.conference.engines import BIGBLUEBUTTON, JITSI, PLAIN
from meetly.meetings.conference.jitsi import Jitsi
from meetly.meetings.conference.link import LinkConference
from meetly.meetings.conference.protocol import Conference

log = logging.getLogger(__name__)


def _bigbluebutton(config: Config) -> Conference | None:
    if not (config.bbb_url and config.bbb_secret):
        return None
    return BigBlueButton(config.bbb_url, config.bbb_secret, config.bbb_checksum)


def _jitsi(config: Config) -> Conference | None:
    if not (config.jitsi_url and config.jitsi_secret):
        return None
    return Jitsi(
        config.jitsi_url, config.jitsi_app_id, config.jitsi_secret, config.callback_secret
    )  # fmt: skip


#: What makes each engine of the settings; None where there are none for it.
MAKERS: dict[str, Callable[[Config], Conference | None]] = {
    BIGBLUEBUTTON: _bigbluebutton,
    JITSI: _jitsi,
}


def engines(config: Config) -> dict[str, Conference]:
    """Return the engines by name; a typed address is always one of them.

    One whose settings cannot be used is left out, so that pages go on; `meetly check` names it.
    """
    found: dict[str, Conference] = {PLAIN: LinkConference()}
    for name, make in MAKERS.items():
        try:
            made = make(config)
        except BadInput as error:
            log.error("%s is left out: %s", name, error)
            continue
        if made:
            found[name] = made
    return found


def engine(name: str) -> Conference:
    """Return an engine by its name; NotConfigured when this installation has none of that name."""
    found = engines(settings()).get(name)
    if found is None:
        raise NotConfigured("Hệ thống họp của cuộc họp này chưa được cấu hình. Hãy báo quản trị.")
    return found


def jitsi() -> Jitsi:
    """Return Jitsi, which takes recordings in besides; NotConfigured without it."""
    found = engine(JITSI)
    assert isinstance(found, Jitsi)
    return found


def choices() -> dict[str, str]:
    """Say what people call each engine a meeting may be held on, the plainest first."""
    return {name: found.label for name, found in engines(settings()).items()}
