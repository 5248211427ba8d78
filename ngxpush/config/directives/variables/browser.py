"""The browser module: variables that distinguish old browsers from new ones."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from ...columns import ANY, Arguments
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import String, Strings
from ...text import shown
from ...values import parse_number

# How nginx finds the browsers: where it begins to look, and what the version follows.
_BROWSERS: dict[bytes, tuple[int, bytes]] = {
    b"opera": (0, b"Opera"),
    b"gecko": (len("Mozilla/5.0 ("), b"rv:"),
    b"safari": (len("Mozilla/5.0 ("), b"Safari/"),
    b"msie": (len("Mozilla/4.0 (compatible; "), b"MSIE "),
    b"konqueror": (len("Mozilla/5.0 (compatible; "), b"Konqueror/"),
}
_ORDER = list(_BROWSERS)
_UNLISTED, _NETSCAPE4 = b"unlisted", b"netscape4"
_VERSION = re.compile(rb"([0-9]*)(?:\.([0-9]*))?(?:\.([0-9]*))?(?:\.([0-9]*))?")


def _number(version: bytes) -> tuple[int, ...]:
    """A version of up to four numbers."""
    parts = _VERSION.match(version)
    return tuple(parse_number(part or b"") or 0 for part in parts.groups()) if parts is not None else ()


class ModernVersion(Struct, frozen=True):
    """A browser and its first version that counts as modern. name: `unlisted` stands for all browsers not named."""

    name: bytes
    version: tuple[int, ...] = ()

    def version_in(self, agent: bytes) -> tuple[int, ...] | None:
        """The version of this browser in a User-Agent; None for another browser."""
        begin, mark = _BROWSERS[self.name]
        found = agent.find(mark, begin)
        if found < 0:
            return None
        skipped = len(mark) + (self.name == b"opera")  # a slash or a blank follows
        return _number(agent[found + skipped :])


class BrowserLocation(Struct, frozen=True):
    """What a location holds.

    Derived at the start: versions: of the browsers that are named, in the order in which nginx looks for them.  unlisted: those
    that are not named count as modern.  ancient_texts: of ancient_browser, without `netscape4`.  netscape4: that is among them.
    """

    modern_browser: tuple[ModernVersion, ...] = ()
    ancient_browser: tuple[bytes, ...] = ()
    modern_browser_value: bytes = b"1"
    ancient_browser_value: bytes = b"1"

    versions: tuple[ModernVersion, ...] = ()
    unlisted: bool = False
    ancient_texts: tuple[bytes, ...] = ()
    netscape4: bool = False


def _derive(location: BrowserLocation, main: None) -> BrowserLocation:
    named = [browser for browser in location.modern_browser if browser.name != _UNLISTED]
    texts = tuple(text for text in location.ancient_browser if text != _NETSCAPE4)
    return replace(
        location,
        versions=tuple(sorted(named, key=lambda browser: _ORDER.index(browser.name))),
        unlisted=len(named) < len(location.modern_browser),
        ancient_texts=texts,
        netscape4=len(texts) < len(location.ancient_browser),
    )


class ModernBrowser:
    """A browser and its first version that counts as modern, or `unlisted`."""

    description = "browser and version"

    def parse(self, use: DirectiveUse) -> ModernVersion:
        name = use.arguments[0].lower()
        if len(use.arguments) == 1:
            if use.arguments[0] != _UNLISTED:
                raise RefusedDirective(f'no version of the browser "{shown(use.arguments[0])}"')  # nginx ends without a word
            return ModernVersion(_UNLISTED)
        if name not in _BROWSERS:
            raise RefusedDirective(f'unknown browser name "{shown(use.arguments[0])}"')
        version = use.arguments[1]
        if not re.fullmatch(rb"[0-9.]*", version):
            raise RefusedDirective(f'invalid browser version "{shown(version)}"')
        return ModernVersion(name, _number(version))


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
    location=BrowserLocation,
    derive=_derive,
)
