"""`root` and `alias`: where files are."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import DirectiveUse, RefusedDirective
from ...text import shown


class Root(Struct, frozen=True):
    """Where files are: a path with variables. A constant beginning is a full path; a relative path starts from the prefix.

    A root loses one slash at its end, so `/` is an empty path; an alias does not.

    alias: the path replaces the location's name.  alias_length: how many bytes of the URI it replaces; None in a location with
    a pattern.
    """

    value: ComplexValue
    alias: bool
    alias_length: int | None = None


class RootSlot(Struct, frozen=True):
    """root and alias. A block may have only one of the two."""

    alias: bool
    description: str = "path (complex value)"

    def parse(self, use: DirectiveUse) -> Root:
        other = "root" if self.alias else "alias"
        if use.scope.own(use.name) is not None:
            raise use.duplicate()
        if use.scope.own(other) is not None:
            raise RefusedDirective(f'"{use.name}" directive is duplicate, "{other}" directive was specified earlier')
        text = use.arguments[0]
        location = use.scope.value
        if self.alias and location is not None and location.named:
            raise RefusedDirective('the "alias" directive cannot be used inside the named location')
        for variable in (b"$document_root", b"${document_root}", b"$realpath_root", b"${realpath_root}"):
            if variable in text:
                name = shown(variable.translate(None, b"{}"))
                raise RefusedDirective(f'the {name} variable cannot be used in the "{use.name}" directive')
        is_constant_first = not text.startswith(b"$")
        bare = text if self.alias else text.removesuffix(b"/")
        text = use.path(bare) if is_constant_first and text != b"/" else bare
        length = len(location.name) if self.alias and location is not None and location.pattern is None else None
        return Root(use.complex_value(text), self.alias, length)
