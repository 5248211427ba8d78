"""The request log as nginx would write it: the combined format, a line for each request when it has ended."""

from __future__ import annotations

from ...dates import format_common_log
from ...http.log import escape_default
from .events import Asker, FramePublished, RequestEnded, SubscriberBegan


class CombinedLines:
    """Makes the lines."""

    def subscriber_began(self, event: SubscriberBegan) -> bytes:
        return b""

    def frame_published(self, event: FramePublished) -> bytes:
        return b""

    def request_ended(self, event: RequestEnded) -> bytes:
        asker = event.asker
        return b'%b - %b [%b] "%b" %03d %d "%b" "%b"\n' % (
            asker.address,
            escape_default(event.user),
            format_common_log(event.time),
            escape_default(asker.request_line),
            event.status,
            event.body_sent,
            escape_default(_header(asker, b"referer")),
            escape_default(_header(asker, b"user-agent")),
        )


def _header(asker: Asker, name: bytes) -> bytes | None:
    """The value of the first header of that name."""
    return next((value for key, value in asker.headers if key.lower() == name), None)
