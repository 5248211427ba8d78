"""What gateways need for TLS to their servers is loaded at start, while the process may read every file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...config.configuration import Http
from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.gateways.tls import UpstreamTls
from ...config.text import shown
from ...http.upstream.tls import upstream_tls
from .server_tls import is_there

if TYPE_CHECKING:
    from ..tls.upstream_contexts import UpstreamContexts

_NONE_SHOWN = "no certificate is shown to these upstreams"


def load(http: Http | None) -> UpstreamContexts | None:
    """The contexts of all locations; None if there is nothing to load. Raises CannotLoad."""
    used = settings_in_use(http)
    if not used:
        return None
    from ..tls.upstream_contexts import UpstreamContexts  # OpenSSL takes long to load, and many configurations don't need it

    contexts = UpstreamContexts()
    for settings in used:
        contexts.add(settings)
    return contexts


def load_what_is_there(http: Http | None, warn: Callable[[str], None]) -> UpstreamContexts | None:
    """The same for `ngxpush run`: what this machine lacks is reported, and TLS does without it. Raises CannotLoad."""
    used = settings_in_use(http)
    if not used:
        return None
    from ..tls.upstream_contexts import UpstreamContexts

    contexts = UpstreamContexts()
    for settings in used:
        contexts.add(settings, what_is_there(settings, warn))
    return contexts


def what_is_there(settings: UpstreamTls, warn: Callable[[str], None]) -> UpstreamTls:
    """The settings without files that can't be read. Each is reported with what that means."""

    def lacks(path: bytes, means: str) -> bool:
        if not path or is_there(path):
            return False
        warn(f"{shown(path)} can't be read: {means}")
        return True

    if lacks(settings.certificate, _NONE_SHOWN) or lacks(settings.certificate_key, _NONE_SHOWN):
        settings = replace(settings, certificate=b"", certificate_key=b"")
    if settings.verify and lacks(settings.trusted_certificate, "the certificates of these upstreams are NOT verified"):
        settings = replace(settings, verify=False)
    if settings.verify and lacks(settings.crl, "revoked certificates of these upstreams are accepted"):
        settings = replace(settings, crl=b"")
    return settings


def settings_in_use(http: Http | None) -> list[UpstreamTls]:
    """What is loaded for locations that pass requests on with TLS, each once, in the order of the file.

    Where variables decide about TLS, only what may be wrong is: nginx would not start with it.
    """
    blocks = () if http is None else http.blocks
    gateways = (gateway for block in blocks for gateway in block.settings.values() if isinstance(gateway, GatewayLocation))
    secure = (
        (gateway.pass_, upstream_tls(gateway)) for gateway in gateways if gateway.pass_ is not None and gateway.pass_.secure
    )
    return list(dict.fromkeys(tls for passed, tls in secure if passed.address is not None or tls.may_be_wrong))
