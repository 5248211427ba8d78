"""$modern_browser, $ancient_browser and $msie."""

from __future__ import annotations

import pytest

from ..serving import Site

_SITE = """server {
    location / { return 200 "$modern_browser|$ancient_browser|$msie"; }
    location /d { modern_browser msie 5.5; modern_browser gecko 1.0.0; modern_browser opera 9.0; modern_browser unlisted;
        return 200 "$modern_browser|$ancient_browser|$msie"; }
    location /u { modern_browser unlisted; ancient_browser Links netscape4; modern_browser_value M; ancient_browser_value A;
        return 200 "$modern_browser|$ancient_browser|$msie"; }
}"""


@pytest.mark.parametrize(
    ("target", "agent", "shown"),
    [
        ("/", "Mozilla/5.0", "|1|"),
        ("/d", None, "1||"),
        ("/d", "Mozilla/4.0 (compatible; MSIE 6.0; Windows)", "1||1"),
        ("/d", "Mozilla/4.0 (compatible; MSIE 5.0; Windows)", "|1|1"),
        ("/d", "Mozilla/4.0 (compatible; MSIE 10.0)", "1||1"),
        ("/d", "Mozilla/5.0 (X11; rv:0.9) Gecko/2009", "|1|"),
        ("/d", "Opera/9.80 (X11)", "1||"),
        ("/d", "Opera/8.0", "|1|"),
        ("/d", "curl/7", "1||"),
        ("/u", "Links (2.1)", "|A|"),
        ("/u", "Mozilla/4.7 (Win98; I)", "|A|"),
        ("/u", "Mozilla/5.0 (X11)", "M||"),
    ],
)
def test_browsers(target: str, agent: str | None, shown: str) -> None:
    assert Site(_SITE).get(target, headers=f"\nUser-Agent: {agent}" if agent else "") == (200, shown)
