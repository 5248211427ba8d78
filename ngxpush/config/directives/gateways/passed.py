"""Where the `…_pass` directives of a configuration lead."""

from __future__ import annotations

from collections.abc import Iterator

from ...addresses import Address
from ...configuration import Http
from .location import GatewayLocation


def passed_addresses(http: Http) -> Iterator[Address]:
    """The addresses that `…_pass` directives without variables name. One may come several times."""
    for block in http.blocks:
        for settings in block.settings.values():
            if isinstance(settings, GatewayLocation) and settings.pass_ is not None and settings.pass_.address is not None:
                yield settings.pass_.address
