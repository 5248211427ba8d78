"""`listen`: the address, its socket options, and the checks for servers that share an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ...addresses import Address, InvalidAddress, host_text, parse_address
from ...directive import DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock, ListenPlace, declared
from ...text import shown, unshown
from ...values import parse_number, parse_seconds, parse_size

DEFAULT_ADDRESS = Address(b"*", 80, 80, no_port=True, text=b"*:80")
"""The address of a server without `listen` (port 8000 if nginx is not started by root)."""


SocketOption = int | tuple[int | None, ...]
"""A number; for so_keepalive a bool, or its three numbers, None for what the system decides."""


class ListenArguments(Struct, frozen=True):
    """A listen directive. addresses: several where it names a host that has several.

    options: socket options by name.  flags: default_server, ssl, http2, proxy_protocol, reuseport …
    """

    addresses: tuple[Address, ...]
    flags: frozenset[str] = frozenset()
    options: tuple[tuple[str, SocketOption], ...] = ()

    @property
    def default_server(self) -> bool:
        return "default_server" in self.flags


class ListenSlot:
    """An address and its parameters."""

    description = "address and parameters"

    def parse(self, use: DirectiveUse) -> ListenArguments:
        addresses = listen_addresses(use, use.arguments[0], default_port=80)
        flags: set[str] = set()
        options: dict[str, SocketOption] = {}
        for argument in use.arguments[1:]:
            _parameter(use, argument, flags, options)
        listen = ListenArguments(addresses, frozenset(flags), tuple(options.items()))
        add_listen(declared(use), use.scope, listen)
        return listen


_FLAGS = {
    b"default_server": "default_server",
    b"default": "default_server",
    b"bind": "bind",
    b"deferred": "deferred",
    b"reuseport": "reuseport",
    b"ssl": "ssl",
    b"http2": "http2",
    b"proxy_protocol": "proxy_protocol",
}
# A listen directive with one of these has options. Only one listen of an address may have options.
_SETTING_FLAGS = {"bind", "deferred", "reuseport"}
_NUMBERS = {b"backlog": parse_number, b"fastopen": parse_number, b"rcvbuf": parse_size, b"sndbuf": parse_size}


def _parameter(use: DirectiveUse, text: bytes, flags: set[str], options: dict[str, SocketOption]) -> None:
    name, equals, value = text.partition(b"=")
    if text in _FLAGS:
        flags.add(_FLAGS[text])
    elif equals and name in _NUMBERS:
        number = _NUMBERS[name](value)
        if number is None or (name == b"backlog" and number == 0):
            raise RefusedDirective(f'invalid {shown(name)} "{shown(text)}"')
        options[shown(name)] = number
    elif text in (b"ipv6only=on", b"ipv6only=off"):
        options["ipv6only"] = int(value == b"on")
    elif text.startswith(b"ipv6only=o"):
        raise RefusedDirective(f'invalid ipv6only flags "{shown(value)}"')
    elif equals and name == b"so_keepalive":
        options["so_keepalive"] = _so_keepalive(value)
    elif equals and name == b"accept_filter":
        use.report("emerg", f'accept filters "{shown(text)}" are not supported on this platform, ignored')
    else:
        raise use.invalid_parameter(text)


def _so_keepalive(value: bytes) -> SocketOption:
    """`on`, `off`, or `idle:interval:count`. Each of the three may be empty or 0, but not all."""
    if value in (b"on", b"off"):
        return value == b"on"
    parts = value.split(b":")
    wrong = RefusedDirective(f'invalid so_keepalive value: "{shown(value)}"')
    if len(parts) != 3:
        raise wrong
    numbers = [parser(part or b"0") for part, parser in zip(parts, (parse_seconds, parse_seconds, parse_number), strict=True)]
    if None in numbers or not any(numbers):
        raise wrong
    return tuple(number or None for number in numbers)


def listen_addresses(use: DirectiveUse, text: bytes, default_port: int = 0) -> tuple[Address, ...]:
    """The addresses of a `listen`: a host name stands for each of its own. Raises RefusedDirective."""
    try:
        address = parse_address(text, default_port=default_port, listen=True)
        if address.path is not None:
            address = replace(address, path=use.cycle.system.paths.here(address.path))
        if address.numeric or address.wildcard:
            return (address,)
        hosts = use.cycle.system.addresses(shown(address.host))
        if not hosts:
            raise InvalidAddress("host not found")
    except InvalidAddress as error:
        raise RefusedDirective(f'{error} in "{shown(text)}" of the "listen" directive') from None
    return tuple([replace(address, host=host_text(unshown(host))) for host in hosts])


def place_texts(address: Address) -> list[str]:
    """The address as nginx writes it, once for each port of a range."""
    if address.path is not None:
        return [f"unix:{shown(address.path)}"]
    if address.host == b"*":
        host = "0.0.0.0"
    elif address.ipv6:
        host = f"[{shown(address.host)}]"
    else:
        host = shown(address.host)
    return [f"{host}:{port}" for port in range(address.port, address.last_port + 1)]


def places(addresses: Iterable[Address]) -> Iterator[tuple[Address, str]]:
    """Each address with each of its texts."""
    for address in addresses:
        for text in place_texts(address):
            yield address, text


def add_listen(http: HttpBlock, server: Scope, listen: ListenArguments) -> None:
    """Add a server to the address of a listen. Raises RefusedDirective for what only one server of an address may set."""
    for address, text in places(listen.addresses):
        place = http.listens.setdefault(text, listen_place(address, text))
        if place.servers and place.servers[-1] is server:
            raise RefusedDirective(f"a duplicate listen {text}")
        place.servers.append(server)
        _set_options(place, listen, server)


def listen_place(address: Address, text: str) -> ListenPlace:
    """The place of an address. text: one of its `place_texts`."""
    port = 0 if address.path is not None else int(text.rsplit(":", 1)[1])
    return ListenPlace(text, port, address.host in (b"*", b"0.0.0.0", b"::"))


def _set_options(place: ListenPlace, listen: ListenArguments, server: Scope) -> None:
    if listen.options or listen.flags & _SETTING_FLAGS:
        if place.options_set:
            raise RefusedDirective(f"duplicate listen options for {place.text}")
        place.options_set = True
        place.bind = True
    if listen.default_server:
        if place.default_server is not None:
            raise RefusedDirective(f"a duplicate default server for {place.text}")
        place.default_server = server
    place.ssl = place.ssl or "ssl" in listen.flags
