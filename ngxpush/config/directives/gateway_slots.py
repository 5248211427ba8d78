"""The kinds of arguments that proxy, fastcgi, uwsgi, scgi, grpc and memcached share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..addresses import Address, InvalidAddress, is_ipv4, parse_address, parse_ipv6
from ..complex_value import ComplexValue, InvalidVariableName, parse_complex_value
from ..text import shown
from ..words import Refused, Words


def use_upstream(words: Words, text: bytes, default_port: int = 0, uri_part: bool = False) -> Address:
    """Read the address of a `…_pass` and declare that it is used; raises Refused in nginx's words."""
    try:
        address = parse_address(text, default_port=default_port, uri_part=uri_part)
    except InvalidAddress as error:
        raise Refused(f'{error} in upstream "{shown(text)}"') from None
    message = words.http.use_upstream(address, words.position)
    if message is not None:
        raise Refused(message)
    return address


@dataclass(frozen=True, slots=True)
class Target:
    """Where a `…_pass` sends its requests.

    scheme: as in the file, lower case, without `://`; empty where none is needed.
    address: None when the target has variables, then `text` is worked out for each request.
    """

    scheme: bytes
    address: Address | None
    text: ComplexValue

    @property
    def secure(self) -> bool:
        return self.address is None or self.scheme in (b"https", b"grpcs", b"suwsgi")


@dataclass(frozen=True, slots=True)
class Pass:
    """`host:port`, `unix:path`, an upstream's name, or a text with variables, perhaps behind a scheme."""

    schemes: Mapping[bytes, int]
    variables: bool = True
    description: str = "address"

    def parse(self, words: Words) -> Target:
        text = words.arguments[0]
        if self.variables and b"$" in text:
            return Target(b"", None, words.complex_value(text))
        scheme, separator, rest = text.partition(b"://")
        if not separator or scheme.lower() not in self.schemes:
            scheme, rest = b"", text
        return Target(scheme.lower(), use_upstream(words, rest), ComplexValue(text, (text,)))


class Bind:
    """The address connections are made from: None for `off`; `transparent` may follow it."""

    description = "address"

    def parse(self, words: Words) -> ComplexValue | None:
        text = words.arguments[0]
        if len(words.arguments) == 1 and text == b"off":
            return None
        value = words.complex_value(text)
        if value.constant is not None and not _is_bind_address(text):
            raise Refused(f'invalid address "{shown(text)}"')
        if len(words.arguments) == 2 and words.arguments[1] != b"transparent":
            raise words.invalid_parameter(words.arguments[1])
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


@dataclass(frozen=True, slots=True)
class Store:
    """Whether answers are kept as files: False, True, or the file's name."""

    cache: str
    description: str = "flag or complex value"

    def parse(self, words: Words) -> ComplexValue | bool:
        text = words.arguments[0]
        if text == b"off":
            return False
        known = words.scope.own(self.cache)
        if known is not None and known.value:
            raise Refused(f'"{words.name}" directive is incompatible with "{self.cache}"')
        return True if text == b"on" else words.complex_value(text)


class StoreAccess:
    """`user:rw`, `group:r`, `all:rw`: the permissions of kept files, as a number."""

    description = "permissions"

    def parse(self, words: Words) -> int:
        access = 0
        for argument in words.arguments:
            match = re.fullmatch(rb"(user|group|all):(rw|r)", argument)
            if match is None:
                raise Refused(f'invalid value "{shown(argument)}"')
            bits = 6 if match[2] == b"rw" else 4
            access |= {b"user": bits << 6, b"group": bits << 3, b"all": bits << 3 | bits}[match[1]]
        return access | 0o600


@dataclass(frozen=True, slots=True)
class Parameter:
    """A header or parameter for the upstream. if_not_empty: it is left out when its value is empty."""

    name: bytes
    value: ComplexValue
    if_not_empty: bool = False


@dataclass(frozen=True, slots=True)
class LateValue:
    """A name and a value with variables, whose variables nginx looks at only when the http block closes (`check_late_values`).

    last: the word that may follow (`if_not_empty`).
    """

    last: bytes | None = None
    description: str = "key and complex value"

    def parse(self, words: Words) -> Parameter:
        if len(words.arguments) == 3 and words.arguments[2] != self.last:
            raise words.invalid_parameter(words.arguments[2])
        name, text = words.arguments[:2]
        try:
            value = parse_complex_value(text)
        except InvalidVariableName:
            value = ComplexValue(text, ())
        return Parameter(name, value, len(words.arguments) == 3)


class SplitPathInfo:
    """A pattern with two captures: the script and the path behind it."""

    description = "regular expression"

    def parse(self, words: Words) -> object:
        pattern = words.pattern(words.arguments[0])
        if pattern.groups != 2:
            raise Refused(f'pattern "{shown(words.arguments[0])}" must have 2 captures')
        return pattern


class PasswordFile:
    """A file with a password on each line, read with the configuration."""

    description = "path"

    def parse(self, words: Words) -> bytes:
        path = words.path(words.arguments[0], configuration_prefix=True)
        try:
            words.cycle.system.check(shown(path))
        except IsADirectoryError:
            raise Refused(f'read() "{shown(path)}" failed (21: Is a directory)') from None
        except OSError as error:
            raise Refused(f'open() "{shown(path)}" failed ({error.errno}: {error.strerror})') from None
        return path
