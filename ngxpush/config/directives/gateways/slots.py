"""The kinds of arguments that proxy, fastcgi, uwsgi, scgi, grpc and memcached share."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from ...addresses import Address, InvalidAddress, is_ipv4, parse_address, parse_ipv6
from ...complex_value import ComplexValue, InvalidVariableName, parse_complex_value
from ...directive import DirectiveUse, RefusedDirective
from ...http_block import declared
from ...pattern import Pattern
from ...text import shown


def use_upstream(use: DirectiveUse, text: bytes, default_port: int = 0, uri_part: bool = False) -> Address:
    """Parse the address of a `…_pass` and declare that it is used. Raises RefusedDirective with nginx's message."""
    try:
        address = parse_address(text, default_port=default_port, uri_part=uri_part)
    except InvalidAddress as error:
        raise RefusedDirective(f'{error} in upstream "{shown(text)}"') from None
    message = declared(use).use_upstream(address, use.position)
    if message is not None:
        raise RefusedDirective(message)
    return address


class PassTarget(Struct, frozen=True):
    """Where a `…_pass` sends its requests.

    scheme: as in the file, lower case, without `://`; empty where none is needed.
    address: None where the target has variables; `text` is then evaluated for each request.
    """

    scheme: bytes
    address: Address | None
    text: ComplexValue

    @property
    def secure(self) -> bool:
        return self.address is None or self.scheme in (b"https", b"grpcs", b"suwsgi")


class Pass(Struct, frozen=True):
    """`host:port`, `unix:path`, an upstream's name, or a text with variables; some modules have a scheme before it."""

    schemes: Mapping[bytes, int]
    variables: bool = True
    description: str = "address"

    def parse(self, use: DirectiveUse) -> PassTarget:
        text = use.arguments[0]
        if self.variables and b"$" in text:
            return PassTarget(b"", None, use.complex_value(text))
        scheme, separator, rest = text.partition(b"://")
        if not separator or scheme.lower() not in self.schemes:
            scheme, rest = b"", text
        return PassTarget(scheme.lower(), use_upstream(use, rest), ComplexValue(text, (text,)))


class Bind:
    """The address connections are made from, or None for `off`. `transparent` may follow."""

    description = "address"

    def parse(self, use: DirectiveUse) -> ComplexValue | None:
        text = use.arguments[0]
        if len(use.arguments) == 1 and text == b"off":
            return None
        value = use.complex_value(text)
        if value.constant is not None and not _is_bind_address(text):
            raise RefusedDirective(f'invalid address "{shown(text)}"')
        if len(use.arguments) == 2 and use.arguments[1] != b"transparent":
            raise use.invalid_parameter(use.arguments[1])
        return value


def _is_bind_address(text: bytes) -> bool:
    """An IPv4 or IPv6 address, the latter in brackets when a port follows."""
    if is_ipv4(text) or parse_ipv6(text) is not None:
        return True
    try:
        address = parse_address(text)
    except InvalidAddress:
        return False
    return address.path is None and not address.no_port and (address.ipv6 or is_ipv4(address.host))


class Store:
    """Whether answers are kept as files: False, True, or the file's name."""

    description = "flag or complex value"

    def parse(self, use: DirectiveUse) -> ComplexValue | bool:
        text = use.arguments[0]
        if text == b"off":
            return False
        cache = use.name.removesuffix("store") + "cache"
        known = use.scope.own(cache)
        if known is not None and known.value:
            raise RefusedDirective(f'"{use.name}" directive is incompatible with "{cache}"')
        return True if text == b"on" else use.complex_value(text)


class StoreAccess:
    """`user:rw`, `group:r`, `all:rw`: the permissions of kept files, as a number."""

    description = "permissions"

    def parse(self, use: DirectiveUse) -> int:
        access = 0
        for argument in use.arguments:
            match = re.fullmatch(rb"(user|group|all):(rw|r)", argument)
            if match is None:
                raise RefusedDirective(f'invalid value "{shown(argument)}"')
            bits = 6 if match[2] == b"rw" else 4
            access |= {b"user": bits << 6, b"group": bits << 3, b"all": bits << 3 | bits}[match[1]]
        return access | 0o600


class Parameter(Struct, frozen=True):
    """A header or parameter for the upstream. if_not_empty: it is left out when its value is empty."""

    name: bytes
    value: ComplexValue
    if_not_empty: bool = False


class LateValue(Struct, frozen=True):
    """A name and a value with variables, which nginx checks only when the http block closes (`check_late_values`).

    last: the word that may follow (`if_not_empty`).
    """

    last: bytes | None = None
    description: str = "key and complex value"

    def parse(self, use: DirectiveUse) -> Parameter:
        if len(use.arguments) == 3 and use.arguments[2] != self.last:
            raise use.invalid_parameter(use.arguments[2])
        name, text = use.arguments[:2]
        try:
            value = parse_complex_value(text)
        except InvalidVariableName:
            value = ComplexValue(text, ())
        return Parameter(name, value, len(use.arguments) == 3)


class SplitPathInfo:
    """A pattern with two captures: the script and the path after it."""

    description = "regular expression"

    def parse(self, use: DirectiveUse) -> Pattern:
        pattern = use.pattern(use.arguments[0])
        if pattern.groups != 2:
            raise RefusedDirective(f'pattern "{shown(use.arguments[0])}" must have 2 captures')
        return pattern


class PasswordFile:
    """A file with a password on each line, which is read with the configuration: the passwords."""

    description = "path"

    def parse(self, use: DirectiveUse) -> tuple[bytes, ...]:
        path = use.path(use.arguments[0], configuration_prefix=True)
        try:
            content = use.cycle.system.credentials(shown(path)) or b""
        except IsADirectoryError:
            raise RefusedDirective(f'read() "{shown(path)}" failed (21: Is a directory)') from None
        except OSError as error:
            raise RefusedDirective(f'open() "{shown(path)}" failed ({error.errno}: {error.strerror})') from None
        return tuple(line.removesuffix(b"\r") for line in content.split(b"\n") if line.removesuffix(b"\r"))
