"""headers-more (Debian's libnginx-mod-http-headers-more-filter): header lines of answers and requests set, replaced and removed.

What it does was measured with Debian's build of version 0.34.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ....numbers import parse_decimal
from ...columns import ANY
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import ALSO_IN_IF
from ...text import shown


class HeaderChange(Struct, frozen=True):
    """One header. name: as written, and in lower case in `key`; one that ends in `*` stands for all that begin so.

    value: an empty one removes the header.
    """

    name: bytes
    value: ComplexValue

    @property
    def key(self) -> bytes:
        return self.name.lower()

    def fits(self, name: bytes) -> bool:
        """Whether the header line of this name is meant."""
        key = self.key
        return name.lower().startswith(key[:-1]) if key.endswith(b"*") else name.lower() == key


class HeaderChanges(Struct, frozen=True):
    """One directive. statuses, types: those of the answers (for input: types of the requests) that are changed; empty for all.

    replaces: a header that is not there is not added (`-r`).
    """

    changes: tuple[HeaderChange, ...]
    statuses: frozenset[int] = frozenset()
    types: frozenset[bytes] = frozenset()
    replaces: bool = False


class HeadersMoreLocation(Struct, frozen=True):
    """The changes of a location after those of the blocks around it."""

    changes: tuple[HeaderChanges, ...] = ()
    input_changes: tuple[HeaderChanges, ...] = ()


def _nest(settings: HeadersMoreLocation, around: HeadersMoreLocation, own: Collection[str]) -> HeadersMoreLocation:
    if "changes" in own:
        settings = replace(settings, changes=around.changes + settings.changes)
    if "input_changes" in own:
        settings = replace(settings, input_changes=around.input_changes + settings.input_changes)
    return settings


_HEADER = re.compile(rb"(?P<name>[^:\s][^:]*?)\s*:\s*(?P<value>.*)", re.DOTALL)


class HeaderChangesSlot(Struct, frozen=True):
    """`[-s statuses] [-t types] name: value …`, in any order. options: those it takes.  clears: only names are given."""

    options: bytes
    clears: bool = False
    description: str = "options and headers"

    def parse(self, use: DirectiveUse) -> HeaderChanges:
        changes: list[HeaderChange] = []
        statuses: list[int] = []
        types: list[bytes] = []
        replaces = False
        words = iter(use.arguments)
        for word in words:
            if not word.startswith(b"-"):
                changes += self._change(use, word)
                continue
            option = word[1:]
            if len(option) != 1 or option not in self.options:
                raise _refused(use, f'invalid option name: "{shown(word)}"')
            if option == b"r":
                replaces = True
                continue
            values = next(words, None)
            if values is None:
                raise _refused(use, f"option {shown(word)} takes an argument.")
            if option == b"s":
                statuses += _statuses(use, values)
            else:
                types += [kind.lower() for kind in values.split()]
        return HeaderChanges(tuple(changes), frozenset(statuses), frozenset(types), replaces)

    def _change(self, use: DirectiveUse, word: bytes) -> Iterator[HeaderChange]:
        header = _HEADER.fullmatch(word)
        name, value = (word.strip(), b"") if header is None else (header["name"], header["value"])
        if name == b"*":
            raise _refused(use, f"wildcard key too short: {shown(word)}")
        if name.strip(b":"):
            yield HeaderChange(name, use.complex_value(b"" if self.clears else value))


def _statuses(use: DirectiveUse, text: bytes) -> Iterator[int]:
    for word in text.split():
        status = parse_decimal(word)
        if status is None:
            wrong = word.lstrip(b"0123456789")[:1]
            raise _refused(use, f'invalid digit "{shown(wrong)}" found in the status code list "{shown(text)}"')
        yield status


def _refused(use: DirectiveUse, message: str) -> RefusedDirective:
    return RefusedDirective(f"{use.name}: {message}", "error", placed=False)


def _row(name: str, slot: HeaderChangesSlot, summary: str, field: str) -> Directive:
    return Directive(name, ALSO_IN_IF, slot, summary, ANY, once=False, field=field)


MODULE = Module(
    "headers-more",
    (
        _row("more_set_headers", HeaderChangesSlot(b"st"), "Sets or removes headers of answers.", "changes"),
        _row("more_clear_headers", HeaderChangesSlot(b"st", clears=True), "Removes headers of answers.", "changes"),
        _row("more_set_input_headers", HeaderChangesSlot(b"rt"), "Sets or removes headers of requests.", "input_changes"),
        _row("more_clear_input_headers", HeaderChangesSlot(b"rt", clears=True), "Removes headers of requests.", "input_changes"),
    ),
    location=HeadersMoreLocation,
    nest=_nest,
    file="ngx_http_headers_more_filter_module.so",
)
