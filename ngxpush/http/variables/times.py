"""Variables of the current time, and of the time that the request has taken."""

from __future__ import annotations

from ...dates import format_common_log, format_iso8601, format_rfc850
from .evaluation import Getter

VARIABLES: dict[bytes, Getter] = {
    b"date_gmt": (lambda request: format_rfc850(request.now, local=False), False),
    b"date_local": (lambda request: format_rfc850(request.now, local=True), False),
    b"msec": (lambda request: b"%.3f" % request.now, False),
    b"request_time": (lambda request: b"%.3f" % max(0.0, request.now - request.started), False),
    b"time_iso8601": (lambda request: format_iso8601(request.now), False),
    b"time_local": (lambda request: format_common_log(request.now), False),
}
