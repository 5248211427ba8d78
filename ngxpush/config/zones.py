"""The `zone=name:size` parameters of limit_req_zone and limit_conn_zone."""

from __future__ import annotations

from .directive import DirectiveUse, RefusedDirective
from .text import shown
from .values import parse_size

LEAST_SIZE = 8 * 4096


def parse_zone(text: bytes) -> tuple[bytes, int]:
    """The name and size in `zone=name:size`; raises RefusedDirective."""
    name, colon, size_text = text.removeprefix(b"zone=").partition(b":")
    size = parse_size(size_text) if colon else None
    if size is None:
        raise RefusedDirective(f'invalid zone size "{shown(text)}"')
    if size < LEAST_SIZE:
        raise RefusedDirective(f'zone "{shown(text)}" is too small')
    return name, size


def declare_zone(use: DirectiveUse, name: bytes, size: int, purpose: str, key: bytes) -> None:
    """Declare a zone that counts by a key. Raises RefusedDirective if it exists already."""
    message = use.cycle.add_shared_memory(name, size, purpose)
    if message is not None:
        raise RefusedDirective(message)
    bound = use.cycle.zone_keys.get(name)
    if bound is not None:
        raise RefusedDirective(f'{use.name} "{shown(name)}" is already bound to key "{shown(bound)}"')
    use.cycle.zone_keys[name] = key


def use_zone(use: DirectiveUse, name: bytes, purpose: str) -> None:
    """Use a zone, which another directive has to declare. Raises RefusedDirective for one that has another purpose."""
    message = use.cycle.add_shared_memory(name, 0, purpose)
    if message is not None:
        raise RefusedDirective(message)
