"""The browser module: variables that distinguish old browsers from new ones."""

from __future__ import annotations

import re

from ...columns import ANY, Arguments, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import String, Strings
from ...text import shown

_BROWSERS = (b"msie", b"gecko", b"opera", b"safari", b"konqueror")


class ModernBrowser:
    """A browser and its first version that counts as modern, or `unlisted`."""

    description = "browser and version"

    def parse(self, use: DirectiveUse) -> tuple[bytes, ...]:
        if len(use.arguments) == 1 and use.arguments[0] != b"unlisted":
            raise RefusedDirective(f'no version of the browser "{shown(use.arguments[0])}"')  # nginx ends without a word
        if len(use.arguments) == 2:
            name, version = use.arguments
            if name.lower() not in _BROWSERS:
                raise RefusedDirective(f'unknown browser name "{shown(name)}"')
            if not re.fullmatch(rb"[0-9.]*", version):
                raise RefusedDirective(f'invalid browser version "{shown(version)}"')
        return use.arguments


MODULE = Module(
    "browser",
    (
        Directive(
            "modern_browser",
            HTTP_SERVER_LOCATION,
            ModernBrowser(),
            "A browser, and its first version that counts as modern.",
            Arguments(1, 2),
            once=False,
        ),
        Directive(
            "ancient_browser",
            HTTP_SERVER_LOCATION,
            Strings(),
            "Texts in User-Agent by which a browser counts as ancient.",
            ANY,
            once=False,
        ),
        Directive("modern_browser_value", HTTP_SERVER_LOCATION, String(), "The value of `$modern_browser`.", once=False),
        Directive("ancient_browser_value", HTTP_SERVER_LOCATION, String(), "The value of `$ancient_browser`.", once=False),
    ),
    emulation=unsupported("$modern_browser, $ancient_browser and $msie are always empty."),
)
