"""Addresses as nginx reads them: `host:port`, `[::1]:80`, `*:80`, `unix:/path`, `10.0.0.0/8`; with nginx's error messages."""

from __future__ import annotations

import ipaddress
import re

from msgspec import Struct

from ..numbers import parse_decimal, parse_hexadecimal
from .values import parse_number

_LONGEST_UNIX_PATH = 107
_MAPPED = bytes(10) + b"\xff\xff"
_PART = re.compile(rb"0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}")


class InvalidAddress(ValueError):
    """nginx's words for the error: `invalid port`, `no host`, `invalid IPv6 address` …"""


class Address(Struct, frozen=True):
    """Where to listen or to connect."""

    # A name, an IPv4 or IPv6 address without brackets, or `*` for all addresses of the machine.
    host: bytes

    # 0 where none is written and there is no default.
    port: int

    # The last port of a range; `port` where there is no range.
    last_port: int

    # No port is written.
    no_port: bool = False

    # The path of a unix socket; host and ports then mean nothing.
    path: bytes | None = None

    # What follows the host and port, from its `/` or `?`.
    uri: bytes = b""

    text: bytes = b""

    @property
    def ipv6(self) -> bool:
        return self.path is None and b":" in self.host

    @property
    def numeric(self) -> bool:
        """Whether the host is an address, not a name. `*` is one only for `listen`; elsewhere it is a name that no one knows."""
        return self.path is not None or self.ipv6 or ipv4_text(self.host) is not None

    @property
    def written_host(self) -> bytes:
        """The host as it is written: an IPv6 address with its brackets."""
        return self.text[: self.text.index(b"]") + 1] if self.ipv6 else self.host

    @property
    def wildcard(self) -> bool:
        """Whether the host is `*`: for `listen`, all addresses of the machine."""
        return self.path is None and self.host == b"*"


def parse_ipv4(text: bytes) -> int | None:
    """Parse an IPv4 address of four decimal numbers, as an integer; None for anything else.

    As in nginx a number may have leading zeros, one that is missing is 0, and 255.255.255.255 is no address.
    """
    numbers = [parse_decimal(part or b"0") for part in text.split(b".")]
    if len(numbers) != 4:
        return None
    address = 0
    for number in numbers:
        if number is None or number > 255:
            return None
        address = address << 8 | number
    return None if address == 0xFFFFFFFF else address


def is_ipv4(text: bytes) -> bool:
    return parse_ipv4(text) is not None


def parse_ipv6(text: bytes) -> ipaddress.IPv6Address | None:
    """Parse an IPv6 address without brackets and zone; None for anything else.

    As in nginx one more colon may stand before it, one after it is a group of zero where `::` precedes, and `::` stands for
    one group at least.
    """
    *groups, last = text.removeprefix(b":").split(b":")
    words: list[int | None] = []
    gap = None
    for group in groups:
        if group:
            words.append(_parse_group(group))
        elif gap is None:
            gap = len(words)
        else:
            return None
    words += _parse_last(last, gap is not None)
    if (len(words) < 8) != (gap is not None) or len(words) > 8:
        return None
    at = 0 if gap is None else gap
    words[at:at] = [0] * (8 - len(words))
    address = 0
    for word in words:
        if word is None:
            return None
        address = address << 16 | word
    return ipaddress.IPv6Address(address)


def _parse_group(text: bytes) -> int | None:
    return parse_hexadecimal(text) if len(text) <= 4 else None


def _parse_last(text: bytes, has_gap: bool) -> list[int | None]:
    """The words that the last group of an IPv6 address makes: it may be an IPv4 address, or nothing."""
    if not text:
        return [0 if has_gap else None]
    if b"." not in text:
        return [_parse_group(text)]
    held = None if text.startswith(b".") else parse_ipv4(text)
    return [None] if held is None else [held >> 16, held & 0xFFFF]


def address_text(packed: bytes) -> bytes:
    """An address of 4 or 16 bytes as nginx writes it. One of IPv6 may hold one of IPv4: `::1.2.3.4`, `::ffff:1.2.3.4`."""
    start, held = packed[:-4], str(ipaddress.IPv4Address(packed[-4:]))
    if not start:
        return held.encode()
    if start == _MAPPED:
        return f"::ffff:{held}".encode()
    if not any(start) and (any(packed[-4:-2]) or (packed[-2] and packed[-1] != 1)):
        return f"::{held}".encode()
    return str(ipaddress.IPv6Address(packed)).encode()


def ipv4_text(host: bytes) -> bytes | None:
    """The usual text of an IPv4 address that is written in any way; None for another host.

    nginx reads four decimal numbers itself. It asks the system for the rest, which knows one to four numbers, each of them
    decimal, octal or hexadecimal; the last one stands for all bytes that are left.
    """
    address = parse_ipv4(host)
    if address is not None:
        return address_text(address.to_bytes(4, "big"))
    parts = host.split(b".")
    if len(parts) > 4 or not all(_PART.fullmatch(part) for part in parts):
        return None
    *first, last = [int(part, 16 if part[:2].lower() == b"0x" else 8 if part.startswith(b"0") else 10) for part in parts]
    left = 4 - len(first)
    if any(number > 255 for number in first) or last >= 256**left:
        return None
    return address_text(bytes(first) + last.to_bytes(left, "big"))


def host_text(host: bytes) -> bytes:
    """An IP address as nginx writes it; another host as it is."""
    ipv6 = parse_ipv6(host)
    return host if ipv6 is None else address_text(ipv6.packed)


def parse_address(text: bytes, *, default_port: int = 0, listen: bool = False, uri_part: bool = False) -> Address:
    """Parse an address as nginx does. Raises InvalidAddress.

    listen: `80` alone is a port, and `*` a host.  uri_part: a URI may follow.
    """
    if text[:5].lower() == b"unix:":
        return _unix(text, uri_part)
    if text.startswith(b"["):
        return _ipv6(text, default_port, listen, uri_part)
    return _inet(text, default_port, listen, uri_part)


def _unix(text: bytes, uri_part: bool) -> Address:
    path, _, uri = text[5:].partition(b":") if uri_part else (text[5:], b"", b"")
    if not path:
        raise InvalidAddress("no path in the unix domain socket")
    if len(path) > _LONGEST_UNIX_PATH:
        raise InvalidAddress("too long path in the unix domain socket")
    return Address(b"", 0, 0, path=path, uri=uri, text=text)


def _inet(text: bytes, default_port: int, listen: bool, uri_part: bool) -> Address:
    authority, uri = _authority(text, listen or not uri_part)
    host, colon, port_text = authority.partition(b":")
    if not colon and not uri and listen and re.fullmatch(rb"[0-9]{1,18}(-.*)?", host):
        port, last_port = _ports(host, listen)
        return Address(b"*", port, last_port, text=text)
    port = last_port = default_port
    if colon:
        port, last_port = _ports(port_text, listen)
    if not host:
        raise InvalidAddress("no host")
    if listen:
        host = ipv4_text(host) or host
    return Address(host, port, last_port, not colon, uri=uri, text=text)


def _ipv6(text: bytes, default_port: int, listen: bool, uri_part: bool) -> Address:
    host, bracket, rest = text[1:].partition(b"]")
    if not bracket:
        raise InvalidAddress("invalid host")
    authority, uri = _authority(rest, listen or not uri_part)
    port = last_port = default_port
    if authority:
        if not authority.startswith(b":"):
            raise InvalidAddress("invalid host")
        port, last_port = _ports(authority[1:], listen)
    if not host:
        raise InvalidAddress("no host")
    address = parse_ipv6(host)
    if address is None:
        raise InvalidAddress("invalid IPv6 address")
    return Address(address_text(address.packed), port, last_port, not authority, uri=uri, text=text)


def _authority(text: bytes, alone: bool) -> tuple[bytes, bytes]:
    """Split host and port from the URI. `alone`: no URI may follow."""
    end = next((place for place, byte in enumerate(text) if byte in b"/?"), len(text))
    if end < len(text) and alone:
        raise InvalidAddress("invalid host")
    return text[:end], text[end:]


def _ports(text: bytes, ranges: bool) -> tuple[int, int]:
    """The first and the last port: the same one, unless `ranges` are allowed and one is written."""
    first, dash, last = text.partition(b"-")
    port = parse_number(first)
    if port is None or not 1 <= port <= 65535 or (dash and not ranges):
        raise InvalidAddress("invalid port")
    if not dash:
        return port, port
    last_port = parse_number(last)
    if last_port is None or not port <= last_port <= 65535:
        raise InvalidAddress("invalid port range")
    return port, last_port


class Network(Struct, frozen=True):
    """A network of `version` 4 or 6: `address` (its low bits zero) and `prefix` bits. low_bits: some low bits were set."""

    version: int
    address: int
    prefix: int
    low_bits: bool = False

    @property
    def bits(self) -> int:
        return 32 if self.version == 4 else 128

    @property
    def last(self) -> int:
        return self.address | ((1 << (self.bits - self.prefix)) - 1)

    def __contains__(self, address: object) -> bool:
        """Whether an address of the same version, as an integer, lies in the network."""
        return isinstance(address, int) and self.address <= address <= self.last

    def __str__(self) -> str:
        kind = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address
        return f"{kind(self.address)}/{self.prefix}"


def parse_network(text: bytes) -> Network | None:
    """`10.0.0.0/8`, `10.0.0.1`, `2001:db8::/32`; None for anything else."""
    address_text, slash, mask = text.partition(b"/")
    ipv4 = parse_ipv4(address_text)
    if ipv4 is not None:
        version, bits, address = 4, 32, ipv4
    else:
        parsed = parse_ipv6(address_text)
        if parsed is None:
            return None
        version, bits, address = 6, 128, int(parsed)
    prefix: int | None = bits
    if slash:
        prefix = parse_number(mask)
        if prefix is None or prefix > bits:
            return None
    assert prefix is not None
    low = (1 << (bits - prefix)) - 1
    return Network(version, address & ~low, prefix, bool(address & low))


def parse_ip(text: bytes) -> tuple[int, int] | None:
    """Parse an IPv4 or IPv6 address: (version, address as an integer); None for anything else."""
    network = parse_network(text) if b"/" not in text else None
    return None if network is None else (network.version, network.address)
