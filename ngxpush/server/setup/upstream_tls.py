"""What gateways need for TLS to their servers is loaded at start, while the process may read every file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...config.configuration import Http
from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.gateways.tls import UpstreamTls
from ...http.upstream.tls import upstream_tls
from ..tls.client_faults import CannotLoad

if TYPE_CHECKING:
    from ..tls.client_contexts import ClientContexts


def load(http: Http | None) -> ClientContexts | None:
    """The contexts of all locations; None if none has TLS to its servers. Raises CannotLoad."""
    used = _in_use(http)
    if not used:
        return None
    from ..tls.client_contexts import ClientContexts  # OpenSSL takes long to load, and many configurations don't need it

    contexts = ClientContexts()
    for settings in used:
        contexts.add(settings)
    return contexts


def load_what_is_there(http: Http | None, warn: Callable[[str], None]) -> ClientContexts | None:
    """The same for `ngxpush run`: what can't be loaded is reported, and TLS does without it."""
    used = _in_use(http)
    if not used:
        return None
    from ..tls.client_contexts import ClientContexts

    contexts = ClientContexts()
    for settings in used:
        try:
            contexts.add(settings)
        except CannotLoad as error:
            warn(f"{error}: no certificate is shown to these servers, and theirs are not verified")
            less = replace(settings, verify=False, certificate=b"", ciphers=b"DEFAULT", conf_commands=())
            contexts.use_instead(settings, less)
    return contexts


def _in_use(http: Http | None) -> list[UpstreamTls]:
    """What locations that pass requests on with TLS have, each once, in the order of the file."""
    blocks = () if http is None else http.blocks
    gateways = (gateway for block in blocks for gateway in block.settings.values() if isinstance(gateway, GatewayLocation))
    secure = (gateway for gateway in gateways if gateway.pass_ is not None and gateway.pass_.secure)
    return list(dict.fromkeys(upstream_tls(gateway) for gateway in secure))
