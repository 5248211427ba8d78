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
    names = _names(http)
    settings = (each for block in http.blocks for each in block.settings.values())
    passes_on = any(isinstance(each, GatewayLocation) and each.pass_ is not None for each in settings)
    if not redirects and not passes_on:
        return
    setup.redirects = LocalRedirects(zip(http.addresses, setup.addresses, strict=True))
    targets = [(url[2].lower(), url[1].lower()) for url in map(_URL.match, _words(redirects)) if url is not None]
    to_https = _leading_to_https(redirects)
    if to_https and not setup.redirects.has_https:
        said.warn(f"these redirects lead to port {_HTTPS}, but no server here has TLS on it: {places(to_https)}")
    if names or (to_https and setup.redirects.has_https):
        what = _some(names) if names else "https"
        said.warn(f"redirects to {what} lead to the addresses here; --keep-redirects leaves them as they are")
    for host, scheme in dict.fromkeys(targets):
        _warn_of_target(shown(host), shown(scheme), setup.redirects.is_reached(host, scheme), host in names, said)


def _warn_of_target(host: str, scheme: str, is_reached: bool | None, is_name: bool, said: Said) -> None:
    """Say which redirects lead elsewhere all the same, and how a server is reached that others stand before."""
    if is_reached is None and is_name:
        said.warn(f"redirects to {scheme}://{host} lead to another machine: no server here has that name for {scheme}")
    elif is_reached is False:
        how = f"reach it by its name, such as by a line `127.0.0.1 {host}` in /etc/hosts"
        said.warn(f"{scheme}://{host} is not what a request without its name gets here: {how}")


def _warn_of_https(redirects: list[Statement], addresses: Iterable[tuple[ServedAddress, ServedAddress]], said: Said) -> None:
    """Say which redirects to https lead past this server, which has another port for it."""
    leading = _leading_to_https(redirects)
    for asked, served in addresses if leading else ():
        if asked.listen.port == _HTTPS != served.listen.port:
            port = served.listen.port
            said.warn(f"these redirects lead to port {_HTTPS}, but https is served on port {port}: {places(leading)}")


def _redirects(analysis: Analysis) -> list[Statement]:
    """The directives that lead to a URL."""
    settings = [setting for scope in analysis.root.walk() for name in ("return", "rewrite") for setting in scope.all(name)]
    statements = [setting.statement for setting in settings]
    return [each for each in statements if any(word.lower().startswith((b"http://", b"https://")) for word in each.arguments)]


def _leading_to_https(redirects: list[Statement]) -> list[Statement]:
    """Those that lead to https of the same host."""
    return [redirect for redirect in redirects if any(map(_TO_HTTPS.match, redirect.arguments))]


def _words(statements: list[Statement]) -> list[bytes]:
    return [argument for statement in statements for argument in statement.arguments]


def _names(http: Http) -> list[bytes]:
    """The names that lead to other machines: host names with a dot."""
    names = (name.text for server in http.servers for name in server.names if name.pattern is None)
    return [name for name in dict.fromkeys(names) if b"." in name.strip(b".") and re.search(rb"[a-z]", name)]


def _some(names: list[bytes]) -> str:
    rest = len(names) - _MOST
    return ", ".join(map(shown, names[:_MOST])) + (f" and {rest} more names" if rest > 0 else "")
