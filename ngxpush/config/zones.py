"""The `zone=name:size` parameters of limit_req_zone, limit_conn_zone and the like."""

from __future__ import annotations

from .text import shown
from .values import parse_size
from .words import Refused, Words

LEAST_SIZE = 8 * 4096


def parse_zone(text: bytes) -> tuple[bytes, int]:
    """The name and size in `zone=name:size`; raises Refused."""
    name, colon, size_text = text.removeprefix(b"zone=").partition(b":")
    size = parse_size(size_text) if colon else None
    if size is None:
        raise Refused(f'invalid zone size "{shown(text)}"')
    if size < LEAST_SIZE:
        raise Refused(f'zone "{shown(text)}" is too small')
    return name, size


def declare_zone(words: Words, name: bytes, size: int, use: str, key: bytes) -> None:
    """Make the zone, bound to the key it is counted by; raises Refused when it exists."""
    message = words.cycle.add_shared_memory(name, size, use)
    if message is not None:
        raise Refused(message)
    bound = words.cycle.zone_keys.get(name)
    if bound is not None:
        raise Refused(f'{words.name} "{shown(name)}" is already bound to key "{shown(bound)}"')
    words.cycle.zone_keys[name] = key


def use_zone(words: Words, name: bytes, use: str) -> None:
    """Refer to a zone that some directive has to declare."""
    message = words.cycle.add_shared_memory(name, 0, use)
    if message is not None:
        raise Refused(message)
