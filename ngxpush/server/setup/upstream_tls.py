"""What gateways need for TLS to their servers is loaded at start, while the process may read every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ...config.configuration import Http
from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.gateways.tls import UpstreamTls
from ...http.upstream.tls import upstream_tls
from ..tls.client_contexts import CannotLoad, ClientContexts


def load(http: Http | None) -> ClientContexts:
    """The contexts of all locations. Raises CannotLoad."""
    contexts = ClientContexts()
    for settings in () if http is None else _in_use(http):
        contexts.add(settings)
    return contexts


def load_what_is_there(http: Http | None, warn: Callable[[str], None]) -> ClientContexts:
    """The same for `ngxpush run`: what can't be loaded is reported, and TLS does without it."""
    contexts = ClientContexts()
    for settings in () if http is None else _in_use(http):
        try:
            contexts.add(settings)
        except CannotLoad as error:
            warn(f"{error}: no certificate is shown to these servers, and theirs are not verified")
            less = replace(settings, verify=False, certificate=b"", ciphers=b"DEFAULT", conf_commands=())
            contexts.use_instead(settings, less)
    return contexts


def _in_use(http: Http) -> Iterator[UpstreamTls]:
    """What locations that pass requests on with TLS have, each once, in the order of the file."""
    gateways = (gateway for block in http.blocks for gateway in block.settings.values() if isinstance(gateway, GatewayLocation))
    secure = (gateway for gateway in gateways if gateway.pass_ is not None and gateway.pass_.secure)
    return iter(dict.fromkeys(upstream_tls(gateway) for gateway in secure))
