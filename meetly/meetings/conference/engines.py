"""The names of the engines, as a meeting keeps which one it is held on."""

from __future__ import annotations

#: What a meeting is held with when nobody says: an address people open by themselves.
PLAIN = "link"
BIGBLUEBUTTON = "bigbluebutton"
JITSI = "jitsi"
