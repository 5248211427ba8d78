"""What can't be equal in two runs of one scenario, replaced by a placeholder on both sides.

That is: today's dates, pids, uptimes, the host's name (and the Content-Length of what holds one of these), the Server
header, the module's version and commit headers, ports and the scratch directory.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

_HTTP_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT")
_CONTENT_LENGTH = re.compile(r"(?m)^Content-Length: \d+")
_MASKS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?m)^Server: [^\r\n]*", "Server: <server>"),
        (r"(?m)^(X-Nginx-PushStream-(?:Tag|Commit)): [^\r\n]*", r"\1: <version>"),
        (r"<center>(?:nginx|ngxpush)[^<]*</center>", "<center><server></center>"),
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", "<iso-time>"),
        (r'("pid": ")\d+', r"\1<pid>"),
        (r"(<pid>)\d+", r"\1<n>"),
        (r"(\bpid: )\d+", r"\1<pid>"),
        (r'("uptime": )\d+', r"\1<n>"),
        (r"(<uptime>)\d+", r"\1<n>"),
        (r"(\buptime: )\d+", r"\1<n>"),
        (r"(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (\[\w+\]) \d+#\d+:", r"<log-time> \1 <pid>:"),
        (r"\b\d{2}/\w{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}", "<clf-time>"),
    )
]


def mask(text: str, names: Mapping[str, str], hostname: str) -> str:
    """`text` with everything of this run replaced. `names` maps a literal text (a port, a directory) to its placeholder."""
    text = re.sub(rf'("hostname": "|hostname: |<hostname>){re.escape(hostname)}', r"\1<hostname>", text)
    text = _HTTP_DATE.sub(_mask_date, text)
    for pattern, replacement in _MASKS:  # before the ports: a pid can be the number of one
        text = pattern.sub(replacement, text)
    for literal, placeholder in names.items():
        if literal.isdigit():
            text = re.sub(rf"(?<!\d){literal}(?!\d)", placeholder, text)
        else:
            text = text.replace(literal, placeholder)
    if "<hostname>" in text or "<pid>" in text:
        text = _CONTENT_LENGTH.sub("Content-Length: <length>", text)
    return text


def _mask_date(match: re.Match[str]) -> str:
    """A date within two days of now is this run's; any other one is part of the answer."""
    date = datetime.datetime.strptime(match[0], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=datetime.UTC)
    now = datetime.datetime.now(datetime.UTC)
    return "<http-date>" if abs(now - date) < datetime.timedelta(days=2) else match[0]
