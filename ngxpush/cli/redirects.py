"""What `ngxpush run` does with redirects to the names that its configuration serves, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..config.analysis import Analysis
from ..config.configuration import Http, ServedAddress
from ..config.directives.gateways.location import GatewayLocation
from ..config.text import shown
from ..config.tree import Statement
from ..http.local_redirects import LocalRedirects
from ..server.setup.startup import Setup
from .places import places
from .said import Said

# The same host, without a port.
_TO_HTTPS = re.compile(rb"https://\$\{?(host|server_name|http_host)\b(?!\}?:)")
_URL = re.compile(rb"(https?)://([^/:?#$]+)")
_HTTPS = 443
_MOST = 4


def keep_at_home(analysis: Analysis, setup: Setup, keep_redirects: bool, said: Said) -> None:
    """Have redirects to names of the configuration lead to this machine, unless they are to be kept; and say so."""
    http = setup.configuration.http
    if http is None:
        return
    redirects = _redirects(analysis)
    if keep_redirects:
        _warn_of_https(redirects, zip(http.addresses, setup.addresses, strict=True), said)
        return
    setup.redirects = LocalRedirects(zip(http.addresses, setup.addresses, strict=True))
    names = _names(http)
    targets = [(url[2], url[1]) for url in map(_URL.match, _words(redirects)) if url is not None]
    gateways = (
        settings for block in http.blocks for settings in block.settings.values() if isinstance(settings, GatewayLocation)
    )
    passes_on = any(gateway.pass_ is not None for gateway in gateways)
    if names and (targets or passes_on or any(map(_TO_HTTPS.match, _words(redirects)))):
        said.warn(f"redirects to {_some(names)} lead to the addresses here; --keep-redirects leaves them as they are")
    for host, scheme in dict.fromkeys(targets):
        if setup.redirects.is_reached(host.lower(), scheme.lower()) is False:
            said.warn(
                f"{shown(scheme)}://{shown(host)} is not what a request without its name gets here: reach it by its name, "
                f"such as by a line `127.0.0.1 {shown(host)}` in /etc/hosts"
            )


def _warn_of_https(redirects: list[Statement], addresses: Iterable[tuple[ServedAddress, ServedAddress]], said: Said) -> None:
    """Say which redirects to https lead past this server, which has another port for it."""
    leading = [redirect for redirect in redirects if any(map(_TO_HTTPS.match, redirect.arguments))]
    for asked, served in addresses if leading else ():
        if asked.listen.port == _HTTPS != served.listen.port:
            port = served.listen.port
            said.warn(f"these redirects lead to port {_HTTPS}, but https is served on port {port}: {places(leading)}")


def _redirects(analysis: Analysis) -> list[Statement]:
    settings = [setting for scope in analysis.root.walk() for name in ("return", "rewrite") for setting in scope.all(name)]
    return [setting.statement for setting in settings]


def _words(statements: list[Statement]) -> list[bytes]:
    return [argument for statement in statements for argument in statement.arguments]


def _names(http: Http) -> list[bytes]:
    """The names that lead to other machines: host names with a dot."""
    names = (name.text for server in http.servers for name in server.names if name.pattern is None)
    return [name for name in dict.fromkeys(names) if b"." in name.strip(b".") and re.search(rb"[a-z]", name)]


def _some(names: list[bytes]) -> str:
    rest = len(names) - _MOST
    return ", ".join(map(shown, names[:_MOST])) + (f" and {rest} more names" if rest > 0 else "")
