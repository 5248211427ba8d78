"""The browser module: variables that tell old browsers from new ones."""

from __future__ import annotations

import re

from ..slots import String, Strings
from ..text import shown
from ..words import Refused, Words
from .rows import rows_of
from .table import ANY, Arguments, Module, unsupported

_BROWSERS = (b"msie", b"gecko", b"opera", b"safari", b"konqueror")


class ModernBrowser:
    """A browser and its first version that counts as modern, or `unlisted`."""

    description = "browser and version"

    def parse(self, words: Words) -> tuple[bytes, ...]:
        if len(words.arguments) == 2:
            name, version = words.arguments
            if name.lower() not in _BROWSERS:
                raise Refused(f'unknown browser name "{shown(name)}"')
            if not re.fullmatch(rb"[0-9.]*", version):
                raise Refused(f'invalid browser version "{shown(version)}"')
        return words.arguments


_row = rows_of("browser", emulation=unsupported("$modern_browser, $ancient_browser and $msie are always empty."))

MODULES = (
    Module(
        "browser",
        (
            _row("modern_browser", ModernBrowser(), "A browser that counts as modern.", Arguments(1, 2), once=False),
            _row("ancient_browser", Strings(), "Texts in the user agent that make it an ancient one.", ANY, once=False),
            _row("modern_browser_value", String(), "The value of $modern_browser.", once=False),
            _row("ancient_browser_value", String(), "The value of $ancient_browser.", once=False),
        ),
    ),
)
