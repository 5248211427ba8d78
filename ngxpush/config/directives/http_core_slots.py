"""The arguments of the http core module's own kinds."""

from __future__ import annotations

from dataclasses import dataclass

from ..addresses import InvalidAddress, parse_address
from ..complex_value import ComplexValue
from ..http_block import HttpBlock
from ..pattern import Pattern
from ..slots import Parsed, size
from ..text import shown
from ..values import parse_milliseconds, parse_number, parse_offset, parse_seconds
from ..words import Refused, Words


class Http:
    """The http block itself: what its directives declare to each other."""

    description = "no argument"

    def parse(self, words: Words) -> HttpBlock:
        return HttpBlock()


# -------------------------------------------------------------------------------------------------------- names and files


@dataclass(frozen=True, slots=True)
class ServerName:
    """A name of a server: lower case, perhaps with a wildcard; or, with a pattern, a regular expression as written."""

    text: bytes
    pattern: Pattern | None = None


class ServerNames:
    """server_name: a tuple of ServerName."""

    description = "names"

    def parse(self, words: Words) -> tuple[ServerName, ...]:
        return tuple(self._name(words, argument) for argument in words.arguments)

    @staticmethod
    def _name(words: Words, text: bytes) -> ServerName:
        if (text.startswith(b"*") and (len(text) < 3 or text[1:2] != b".")) or text == b".":
            raise Refused(f'server name "{shown(text)}" is invalid')
        if b"/" in text:
            words.report("warn", f'server name "{shown(text)}" has suspicious symbols')
        if not text.startswith(b"~"):
            return ServerName(text.lower())
        if text == b"~":
            raise Refused(f'empty regex in server name "{shown(text)}"')
        caseless = any(65 <= byte <= 90 for byte in text)
        return ServerName(text, words.pattern(text[1:], caseless))


@dataclass(frozen=True, slots=True)
class Root:
    """Where files are: a path with variables, whole where its beginning is constant. alias: it stands for the location's name.

    alias_length: how many bytes of the URI it stands for; None in a regex location.  A relative path starts from the prefix.
    """

    value: ComplexValue
    alias: bool
    alias_length: int | None = None


@dataclass(frozen=True, slots=True)
class RootSlot:
    """root and alias, which share their place."""

    alias: bool
    description: str = "path (complex value)"

    def parse(self, words: Words) -> Root:
        other = "root" if self.alias else "alias"
        if words.scope.own(words.name) is not None:
            raise words.duplicate()
        if words.scope.own(other) is not None:
            raise Refused(f'"{words.name}" directive is duplicate, "{other}" directive was specified earlier')
        text = words.arguments[0]
        location = words.scope.value
        if self.alias and location is not None and location.named:
            raise Refused('the "alias" directive cannot be used inside the named location')
        for variable in (b"$document_root", b"${document_root}", b"$realpath_root", b"${realpath_root}"):
            if variable in text:
                name = shown(variable.translate(None, b"{}"))
                raise Refused(f'the {name} variable cannot be used in the "{words.name}" directive')
        if not text.startswith(b"$"):
            text = words.path(text)
        length = len(location.name) if self.alias and location is not None and location.pattern is None else None
        return Root(words.complex_value(text), self.alias, length)


class Types:
    """The lines of `types`: extension (lower case) → content type."""

    description = "content types"

    def parse(self, words: Words) -> dict[bytes, bytes]:
        types: dict[bytes, bytes] = {}
        for setting in words.scope.all(words.name):
            types |= setting.value or {}

        def line(words: Words) -> None:
            content_type = words.statement.name
            if content_type == b"include":
                if len(words.arguments) != 1:
                    raise Refused('invalid number of arguments in "include" directive')
                words.include(line)
                return
            for argument in words.arguments:
                self._add(words, types, argument.lower(), content_type)

        words.each_line(line)
        return types

    @staticmethod
    def _add(words: Words, types: dict[bytes, bytes], extension: bytes, content_type: bytes) -> None:
        if extension in types:
            before = f'content type: "{shown(content_type)}", previous content type: "{shown(types[extension])}"'
            words.report("warn", f'duplicate extension "{shown(extension)}", {before}')
        types[extension] = content_type


# ----------------------------------------------------------------------------------------------------------- error pages


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """One error_page: for these codes, go to `uri`.

    overwrite: the status of the answer; 0: that of the page itself (`=`); None: that of the error.
    """

    codes: tuple[int, ...]
    uri: ComplexValue
    overwrite: int | None = None


class ErrorPageSlot:
    """`code … [=[code]] uri`."""

    description = "codes and URI"

    def parse(self, words: Words) -> ErrorPage:
        *codes, uri = words.arguments
        overwrite = None
        if codes[-1].startswith(b"="):
            if len(codes) == 1:
                raise self._invalid(codes[-1])
            overwrite = 0
            if len(codes[-1]) > 1:
                number = parse_number(codes[-1][1:])
                if number is None:
                    raise self._invalid(codes[-1])
                overwrite = number
            codes.pop()
        page = words.complex_value(uri)
        return ErrorPage(tuple(self._code(code) for code in codes), page, overwrite)

    def _code(self, text: bytes) -> int:
        code = parse_number(text)
        if code is None or code == 499:
            raise self._invalid(text)
        if not 300 <= code <= 599:
            raise Refused(f'value "{shown(text)}" must be between 300 and 599')
        return code

    @staticmethod
    def _invalid(text: bytes) -> Refused:
        return Refused(f'invalid value "{shown(text)}"')


# ---------------------------------------------------------------------------------------------------------------- methods

METHODS = tuple(b"GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH".split())
"""The methods nginx knows by name."""


class LimitExcept:
    """The methods limit_except does not apply to, in upper case; GET brings HEAD along."""

    description = "methods"

    def parse(self, words: Words) -> frozenset[bytes]:
        methods = set()
        for argument in words.arguments:
            if argument.upper() not in METHODS:
                raise Refused(f'invalid method "{shown(argument)}"')
            methods.add(argument.upper())
        if b"GET" in methods:
            methods.add(b"HEAD")
        return frozenset(methods)


# ------------------------------------------------------------------------------------------------------ times and numbers


class KeepaliveTimeout:
    """The timeout in milliseconds and the seconds of the Keep-Alive header, if any."""

    description = "time [time]"

    def parse(self, words: Words) -> tuple[int, int | None]:
        timeout = parse_milliseconds(words.arguments[0])
        if timeout is None:
            raise words.invalid_value()
        if len(words.arguments) == 1:
            return timeout, None
        header = parse_seconds(words.arguments[1])
        if header is None:
            raise words.invalid_value()
        return timeout, header


def pool_size() -> Parsed:
    """The size of a memory pool."""

    def check(words: Words, value: int) -> None:
        if value < 112:
            raise Refused("the pool size must be no less than 112")
        if value % 16:
            raise Refused("the pool size must be a multiple of 16")

    return size(check)


class DirectIo:
    """A size, or `off` (None)."""

    description = "size or off"

    def parse(self, words: Words) -> int | None:
        if words.arguments[0] == b"off":
            return None
        value = parse_offset(words.arguments[0])
        if value is None:
            raise words.invalid_value()
        return value


class Aio:
    """`off` or `threads[=pool]`; Debian's nginx has no `on`."""

    description = "off or threads"

    def parse(self, words: Words) -> bytes:
        value = words.arguments[0]
        if value == b"on":
            raise Refused('"aio on" is unsupported on this platform')
        if value.startswith(b"threads="):
            pool = words.complex_value(value[8:])
            pools = words.scope.enclosing(words.analyzer.analysis.root.context).all("thread_pool")
            names = [setting.value for setting in pools]
            if pool.constant is not None and pool.constant not in (b"default", *names):
                words.cycle.thread_pools[pool.constant] = words.position
        elif value not in (b"off", b"threads"):
            raise words.invalid_value()
        return value


# ---------------------------------------------------------------------------------------------------------------- others


class OpenFileCache:
    """`max=N [inactive=time]` or `off`: (N, seconds), or None."""

    description = "max and inactive, or off"

    def parse(self, words: Words) -> tuple[int, int] | None:
        most, inactive = 0, 60
        for argument in words.arguments:
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
            raise Refused('"open_file_cache" must have the "max" parameter')
        return most, inactive

    @staticmethod
    def _invalid(argument: bytes) -> Refused:
        return Refused(f'invalid "open_file_cache" parameter "{shown(argument)}"')


class DisableSymlinks:
    """`off`, `on` or `if_not_owner`, and where from."""

    description = "off, on or if_not_owner, from"

    def parse(self, words: Words) -> tuple[str, ComplexValue | None]:
        mode, origin = "", None
        for argument in words.arguments:
            if argument in (b"off", b"on", b"if_not_owner"):
                if mode:
                    raise Refused(f'duplicate parameters "{mode} {shown(argument)}"')
                mode = shown(argument)
            elif argument.startswith(b"from="):
                origin = words.complex_value(argument[5:])
            else:
                raise words.invalid_parameter(argument)
        if not mode:
            raise Refused('"disable_symlinks" must have "off", "on" or "if_not_owner" parameter')
        if mode == "off" and origin is not None:
            raise Refused('"from=" cannot be used with "off" parameter')
        return mode, origin


class Resolver:
    """The name servers."""

    description = "addresses"

    def parse(self, words: Words) -> tuple[bytes, ...]:
        servers = []
        for argument in words.arguments:
            if argument.startswith(b"valid="):
                if parse_seconds(argument[6:]) is None:
                    raise Refused(f"invalid parameter: {shown(argument)}")
            elif argument.startswith(b"ipv6="):
                if argument[5:] not in (b"on", b"off"):
                    raise Refused(f"invalid parameter: {shown(argument)}")
            elif not argument.startswith(b"status_zone="):
                servers.append(self._server(words, argument))
        if not servers:
            raise Refused("no name servers defined")
        return tuple(servers)

    @staticmethod
    def _server(words: Words, text: bytes) -> bytes:
        try:
            words.resolve(parse_address(text, default_port=53))
        except InvalidAddress as error:
            raise Refused(f'{error} in resolver "{shown(text)}"') from None
        return text
