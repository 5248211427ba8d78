"""The browsers nginx works around."""

from __future__ import annotations

import pytest

from ngxpush.http.browser import Browser, browser


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (None, Browser.OTHER),
        (b"curl/7.88.1", Browser.OTHER),
        (b"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", Browser.MSIE6),
        (b"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)", Browser.MSIE),
        (b"Mozilla/4.0 (compatible; MSIE 5.5; Windows 98)", Browser.MSIE6),
        (b"Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", Browser.MSIE),
        (b"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2)", Browser.MSIE),
        (b"Mozilla/4.0 (compatible; MSIE 6.0) Opera 8.0", Browser.OTHER),
        (b"Mozilla/5.0 Gecko/20100101 Firefox/47.0 Chrome/1", Browser.OTHER),
        (b"Mozilla/5.0 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", Browser.CHROME),
        (b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605", Browser.SAFARI),
        (b"Mozilla/5.0 (X11; Linux) Safari/605", Browser.OTHER),
    ],
)
def test_browser(agent: bytes | None, expected: Browser) -> None:
    assert browser(agent) == expected
