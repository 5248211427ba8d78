"""headers-more, set-misc and echo beside Debian's builds of them, and captures in the steps that set-misc shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_HERE = Path(__file__).parent
_MODULES = Path("/usr/lib/nginx/modules")
_FILES = {
    "headers_more": "ngx_http_headers_more_filter_module.so",
    "headers_more_own": "ngx_http_headers_more_filter_module.so",
    "set_misc": "ngx_http_set_misc_module.so",
    "set_misc_codes": "ngx_http_set_misc_module.so",
    "echo": "ngx_http_echo_module.so",
    "escapes": "",
}


def _requests(conf: Path) -> list[bytes]:
    """Those of the `# ask:` lines."""
    lines = [line.removeprefix("# ask: ") for line in conf.read_text().splitlines() if line.startswith("# ask: ")]
    return [_request(*line.split(" | ")) for line in lines]


def _request(first: str, *more: str) -> bytes:
    body = more[-1][1:] if more and more[-1].startswith("@") else ""
    headers = ["Host: here", *(line for line in more if not line.startswith("@")), "Connection: close"]
    if body:
        headers.append(f"Content-Length: {len(body)}")
    line = first if " " in first.split("?")[0] else f"GET {first}"
    line = line if line.endswith("HTTP/1.0") else f"{line} HTTP/1.1"
    return "\r\n".join([line, *headers, "", body]).encode("latin-1")


@pytest.mark.parametrize("name", _FILES)
def test_nginx_and_ngxpush_answer_the_same(name: str, tmp_path: Path) -> None:
    if not (_MODULES / _FILES[name]).exists():
        pytest.skip(f"needs Debian's {_FILES[name]} (make debian-packages)")
    conf = _HERE / f"{name}.conf"
    real, ours = ask_both(conf, _requests(conf), tmp_path)
    assert len(real) > 10
    assert ours == real
