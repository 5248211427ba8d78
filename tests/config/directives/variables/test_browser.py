"""The directives of browser, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "ancient_browser; ", ['[emerg] invalid number of arguments in "ancient_browser" directive']),
    ("location", "modern_browser unlisted;", []),
    ("location", "ancient_browser_value a; modern_browser_value b;", []),
    ("location", "modern_browser gecko 1.0; modern_browser unlisted; ancient_browser Links;", []),
    ("location", "modern_browser msie 5.x;", ['[emerg] invalid browser version "5.x"']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
