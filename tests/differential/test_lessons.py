"""What nginx's own tests taught, in scenarios of our own, beside the real nginx: every answer and every line of the logs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_BEFORE = "If-Range: Mon, 04 Jan 1999 10:00:00 GMT"
_SAME = "If-Range: Tue, 05 Jan 1999 10:00:00 GMT"
_TIMES = [
    (f"/time/{name}", header)
    for name in ("expires", "expires-of-two", "ranges", "replaced", "added", "odd", "none")
    for header in ("", f"Range: bytes=2-4\r\n{_SAME}", f"Range: bytes=2-4\r\n{_BEFORE}", _SAME.replace("Range", "Modified-Since"))
]
_WORD = hashlib.md5(b"aword", usedforsecurity=False).hexdigest()
_LINKS = [
    *("/link/", "/link/word/", f"/link/word/{_WORD}/a", "/link/word/deep/", f"/link/word/deep/{_WORD}/a"),
    *("/link/word/md5/", f"/link/word/md5/{_WORD}/a", "/link/word/both/", "/link/word/both/?if=1"),
]
_REFERERS = [
    f"http://{host}"
    for length in (255, 256, 257)
    for host in ("a" * (length - 13) + ".park.example", "garden." + "a" * (length - 7), "a" * length, "a" * length + "/b")
]
_BROWSER = "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"
_COOKIES = ["who=fwAAAWUAAAAAABI0AwMDAg==", "a; Who=fwAAAWUAAAAAABI0AwMDAgm=", "who=fwAAAWUAAAAAABI0AwMDAg"]
_USERS = ["users", "none", "DIRECTORY", "/none", "logs"]
_LOCAL_ADDRESSES = ["", "127.0.0.2", "127.0.0.2:0", "127.0.0.2:x", "x", "192.0.2.9", "[::1]:9", "::1", "unix:/x", "off", "1.2.3"]
_FILES = ["/if?file=", "/if?file=/page.txt", "/if?file=/x"]
_LOGS = [
    *("/log/named?log=", "/log/named?log=/no", "/log/named", "/log/rootless?log=", "/log/rootless?log=/no"),
    *("/log/file?log=", "/log/kept?log=", "/log/kept?log=/no", "/log/kept?log=", "/log/kept?log=%00"),
]


def _requests() -> list[bytes]:
    asked: list[tuple[str, str]] = [
        *_TIMES,
        *((target, "") for target in (*_LINKS, *_LOGS, *_FILES, "/trailers", "/trailers?x=1")),
        *((f"/from/{name}", f"Referer: {referer}") for name in ("names", "pattern") for referer in _REFERERS),
        *(("/moved", header) for header in ("", _BROWSER)),
        *((f"/secret?users={users}", "Authorization: Basic YTpi") for users in _USERS),
        *((f"/known/{name}", f"Cookie: {cookie}") for name in ("", "here", "marked", "kept?reset=0") for cookie in _COOKIES),
        *(("/known", f"Cookie: {cookie}") for cookie in ("who=short", "who=?", "who=" + 22 * "?", "x=1; who", "")),
        *((f"/bind?from={address}", "") for address in _LOCAL_ADDRESSES),
        *((f"/bind/port?port={port}", "") for port in ("", "0", "65536", "x")),
        ("/slow?users=none", "Authorization: Basic YTpi"),
        ("/slow?users=none", ""),
    ]
    head = "GET {} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{}\r\n"
    return [head.format(target, header and f"{header}\r\n").encode() for target, header in asked]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    real, ours = ask_both(Path(__file__).with_name("lessons.conf"), _requests(), tmp_path)
    assert len(real) > 150
    assert ours == real
