"""auth_request, mirror, addition and post_action beside the real nginx 1.22.1: every answer and every line of the logs."""

from __future__ import annotations

import re
from pathlib import Path

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_CONF = Path(__file__).with_name("subrequests.conf")
_TARGET = re.compile(r"location (/(?:add|auth|mirror|post|loop)\S*) ")
_END = "Connection: close\r\n\r\n"


def _requests() -> list[bytes]:
    """Each target with and without arguments, a body, what the check looks at; and with a request after it."""
    texts = []
    for target in _TARGET.findall(_CONF.read_text()):
        texts += [
            f"GET {target}?a=1 HTTP/1.1\r\nHost: localhost\r\n{_END}",
            f"HEAD {target} HTTP/1.1\r\nHost: localhost\r\nX-Deny: 1\r\n{_END}",
            f"GET {target} HTTP/1.0\r\nX-Who: 1\r\nAccept-Encoding: gzip\r\n\r\n",
            f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n{_END}abcd",
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /text/next HTTP/1.1\r\nHost: localhost\r\n{_END}",
        ]
    return [text.encode() for text in texts]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    real, ours = ask_both(_CONF, _requests(), tmp_path)
    assert len(real) > 500
    assert ours == real
