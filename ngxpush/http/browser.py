"""The browsers that nginx finds in a User-Agent, to work around their faults."""

from __future__ import annotations

import enum
import re
from functools import lru_cache

_MSIE = re.compile(rb"MSIE (?P<version>.)(?P<dot>.)(?P<rest>.*)", re.DOTALL)


class Browser(enum.Enum):
    """Browsers with faults. MSIE6 stands for versions 4 to 6 (6 only without its service pack), which are MSIE, too."""

    OTHER = enum.auto()
    MSIE = enum.auto()
    MSIE6 = enum.auto()
    CHROME = enum.auto()
    SAFARI = enum.auto()

    @property
    def is_msie(self) -> bool:
        """Any version of it."""
        return self is Browser.MSIE or self is Browser.MSIE6


@lru_cache(maxsize=1024)  # each request asks, and clients are of few kinds
def browser(user_agent: bytes | None) -> Browser:
    """The browser that a User-Agent header names."""
    if user_agent is None or b"Opera " in user_agent:
        return Browser.OTHER
    found = _MSIE.search(user_agent)
    if found and found["rest"]:
        if found["dot"] != b".":
            return Browser.MSIE
        old = found["version"] in (b"4", b"5") or (found["version"] == b"6" and b"SV1" not in found["rest"])
        return Browser.MSIE6 if old else Browser.MSIE
    if b"Gecko/" in user_agent:
        return Browser.OTHER
    if b"Chrome/" in user_agent:
        return Browser.CHROME
    if b"Safari/" in user_agent and b"Mac OS X" in user_agent:
        return Browser.SAFARI
    return Browser.OTHER
