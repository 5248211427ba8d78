"""The kinds of arguments that only the push stream module has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from ...directive import DirectiveUse, RefusedDirective
from ...slots import milliseconds
from ...text import shown
from ...values import parse_size
from .padding import InvalidPadding, Padding, parse_paddings
from .settings import DEFAULT_ZONE, ROLES, PublisherMode, SubscriberMode

Mode = TypeVar("Mode", PublisherMode, SubscriberMode)

_PAGE = 4096
_LEAST_PAGES = 32  # nginx's own bookkeeping needs this many


class SharedMemorySize:
    """(size of the zone in bytes, its name). The size is rounded up to whole pages; an invalid one counts as not set."""

    description = "size [zone name]"

    def parse(self, use: DirectiveUse) -> tuple[int, bytes]:
        size = -(-(parse_size(use.arguments[0]) or 0) // _PAGE) * _PAGE
        name = use.arguments[1] if len(use.arguments) > 1 else DEFAULT_ZONE
        if size < _LEAST_PAGES * _PAGE:
            least = _LEAST_PAGES * _PAGE // 1024
            raise RefusedDirective(f"The push_stream_shared_memory_size value must be at least {least}KiB", level="warn")
        use.report("info", f"Using {size // 1024}KiB of shared memory for push stream module on zone: {shown(name)}")
        known = use.cycle.shared_memory.get(name)
        message = use.cycle.add_shared_memory(name, size, "push_stream")
        if message is None and known is not None:
            message = f'duplicate zone "{shown(name)}"'
        if message is not None:
            raise RefusedDirective(message)
        return size, name


class RoleSlot(Struct, Generic[Mode], frozen=True):
    """The mode of a publisher or subscriber location. modes: by the word that chooses one.  default: the mode without a word."""

    modes: Mapping[bytes, Mode]
    default: Mode
    description: str = "mode"

    def parse(self, use: DirectiveUse) -> Mode:
        if any(use.scope.own(name) is not None for name in ROLES):
            raise use.duplicate()
        if not use.arguments:
            return self.default
        mode = self.modes.get(use.arguments[0].lower())
        if mode is None:
            choices = ", ".join(shown(choice) for choice in self.modes)
            given = f"invalid {use.name} mode value: {shown(use.arguments[0])}"
            raise RefusedDirective(f"push stream module: {given}, accepted values ({choices})", level="error")
        return mode


class Interval:
    """A time in seconds, which may be written in milliseconds."""

    description = "time"

    def parse(self, use: DirectiveUse) -> float:
        return milliseconds().parse(use) / 1000


class HeaderTemplateFile:
    """The content of a file, read when the configuration is read. Its path is relative to the working directory: the module
    opens it as it is written.
    """

    description = "path"

    def parse(self, use: DirectiveUse) -> bytes:
        if use.scope.own("push_stream_header_template") is not None or use.scope.own(use.name) is not None:
            raise RefusedDirective(f"\"{use.name}\" directive is duplicate or template set by 'push_stream_header_template'")
        path = shown(use.cycle.system.paths.here(use.arguments[0]))
        try:
            return use.cycle.system.text(path)
        except IsADirectoryError:
            use.report("crit", f'pread() "{path}" failed (21: Is a directory)', placed=False)
            raise RefusedDirective(
                f'push stream module: unable to read data from file "{path}" for header template', level="error"
            ) from None
        except OSError:
            raise RefusedDirective(
                f'push stream module: unable to open file "{path}" for header template', level="error"
            ) from None


class HeaderTemplate:
    """The text of the header. A block has either this directive or header_template_file."""

    description = "string"

    def parse(self, use: DirectiveUse) -> bytes:
        if use.scope.own("push_stream_header_template_file") is not None:
            raise use.duplicate()
        return use.arguments[0]


class PaddingSlot:
    """Groups of a pattern and least sizes. Errors in them are reported only where they have an effect."""

    description = "paddings"

    def parse(self, use: DirectiveUse) -> tuple[Padding, ...]:
        try:
            return tuple(parse_paddings(use.arguments[0]))
        except InvalidPadding:
            return ()
