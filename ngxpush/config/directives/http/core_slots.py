"""The kinds of arguments that only the http core module has."""

from __future__ import annotations

from collections.abc import Iterator

from ...complex_value import ComplexValue
from ...directive import DirectiveUse, RefusedDirective
from ...http_block import HttpBlock
from ...places import Context
from ...slots import Parsed, size
from ...text import shown
from ...tree import Node
from ...values import parse_milliseconds, parse_number, parse_offset, parse_seconds
from ...variables import HTTP_VARIABLES, Variables


class HttpSlot:
    """The http block itself: an empty HttpBlock, for its directives to fill."""

    description = "no argument"

    def parse(self, use: DirectiveUse) -> HttpBlock:
        known = {name: row for name, row in HTTP_VARIABLES.items() if not row.file or row.file in use.cycle.loaded}
        use.cycle.variables = Variables(known)
        return HttpBlock(use.cycle.variables)


# -------------------------------------------------------------------------------------------------------- names and files


class Types:
    """The lines of `types`: extension (lower case) → content type."""

    description = "content types"

    def parse(self, use: DirectiveUse) -> dict[bytes, bytes]:
        types: dict[bytes, bytes] = {}
        for setting in use.scope.all(use.name):
            types |= setting.value or {}

        def line(use: DirectiveUse) -> Iterator[tuple[Node, ...]] | None:
            content_type = use.statement.name
            if content_type == b"include":
                if len(use.arguments) != 1:
                    raise RefusedDirective('invalid number of arguments in "include" directive')
                return use.included()
            for argument in use.arguments:
                self._add(use, types, argument.lower(), content_type)
            return None

        use.each_line(line)
        return types

    @staticmethod
    def _add(use: DirectiveUse, types: dict[bytes, bytes], extension: bytes, content_type: bytes) -> None:
        if extension in types:
            before = f'content type: "{shown(content_type)}", previous content type: "{shown(types[extension])}"'
            use.report("warn", f'duplicate extension "{shown(extension)}", {before}')
        types[extension] = content_type


# ----------------------------------------------------------------------------------------------------------- error pages


METHODS = tuple(b"GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH".split())
"""The methods nginx knows by name."""


class LimitExceptSlot:
    """The methods that limit_except does not apply to, in upper case; GET includes HEAD."""

    description = "methods"

    def parse(self, use: DirectiveUse) -> frozenset[bytes]:
        methods = set()
        for argument in use.arguments:
            if argument.upper() not in METHODS:
                raise RefusedDirective(f'invalid method "{shown(argument)}"')
            methods.add(argument.upper())
        if b"GET" in methods:
            methods.add(b"HEAD")
        return frozenset(methods)


# ------------------------------------------------------------------------------------------------------ times and numbers


class KeepaliveTimeout:
    """(timeout in milliseconds, seconds for the Keep-Alive header or None)."""

    description = "time, and time of the header"

    def parse(self, use: DirectiveUse) -> tuple[int, int | None]:
        timeout = parse_milliseconds(use.arguments[0])
        if timeout is None:
            raise use.invalid_value()
        if len(use.arguments) == 1:
            return timeout, None
        header = parse_seconds(use.arguments[1])
        if header is None:
            raise use.invalid_value()
        return timeout, header


def pool_size() -> Parsed:
    """The size of a memory pool."""

    def check(use: DirectiveUse, value: int) -> None:
        if value < 112:
            raise RefusedDirective("the pool size must be no less than 112")
        if value % 16:
            raise RefusedDirective("the pool size must be a multiple of 16")

    return size(check)


class DirectIo:
    """A size, or `off` (None)."""

    description = "size or off"

    def parse(self, use: DirectiveUse) -> int | None:
        if use.arguments[0] == b"off":
            return None
        value = parse_offset(use.arguments[0])
        if value is None:
            raise use.invalid_value()
        return value


class Aio:
    """`off` or `threads[=pool]`; Debian's nginx does not support `on`."""

    description = "off or threads"

    def parse(self, use: DirectiveUse) -> bytes:
        value = use.arguments[0]
        if value == b"on":
            raise RefusedDirective('"aio on" is unsupported on this platform')
        if value.startswith(b"threads="):
            pool = use.complex_value(value[8:])
            pools = use.scope.enclosing(Context.MAIN).all("thread_pool")
            names = [setting.value for setting in pools]
            if pool.constant is not None and pool.constant not in (b"default", *names):
                use.cycle.thread_pools[pool.constant] = use.position
        elif value not in (b"off", b"threads"):
            raise use.invalid_value()
        return value


# ---------------------------------------------------------------------------------------------------------------- others


class OpenFileCache:
    """`max=N [inactive=time]` or `off`: (N, seconds), or None."""

    description = "max and inactive, or off"

    def parse(self, use: DirectiveUse) -> tuple[int, int] | None:
        most, inactive = 0, 60
        for argument in use.arguments:
            if argument.startswith(b"max="):
                number = parse_number(argument[4:])
                if not number:
                    raise self._invalid(argument)
                most = number
            elif argument.startswith(b"inactive="):
                time = parse_seconds(argument[9:])
                if time is None:
                    raise self._invalid(argument)
                inactive = time
            elif argument == b"off":
                return None
            else:
                raise self._invalid(argument)
        if not most:
            raise RefusedDirective('"open_file_cache" must have the "max" parameter')
        return most, inactive

    @staticmethod
    def _invalid(argument: bytes) -> RefusedDirective:
        return RefusedDirective(f'invalid "open_file_cache" parameter "{shown(argument)}"')


class DisableSymlinks:
    """`off`, `on` or `if_not_owner`, and the part of the path after `from=` that is not checked."""

    description = "off, on or if_not_owner, from"

    def parse(self, use: DirectiveUse) -> tuple[str, ComplexValue | None]:
        mode, origin = "", None
        for argument in use.arguments:
            if argument in (b"off", b"on", b"if_not_owner"):
                if mode:
                    raise RefusedDirective(f'duplicate parameters "{mode} {shown(argument)}"')
                mode = shown(argument)
            elif argument.startswith(b"from="):
                origin = use.complex_value(argument[5:])
            else:
                raise use.invalid_parameter(argument)
        if not mode:
            raise RefusedDirective('"disable_symlinks" must have "off", "on" or "if_not_owner" parameter')
        if mode == "off" and origin is not None:
            raise RefusedDirective('"from=" cannot be used with "off" parameter')
        return mode, origin
