"""What `ngxpush run` does with redirects to the names that its configuration serves, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..config.analysis import Analysis
from ..config.configuration import Http, ServedAddress
from ..config.directives.gateways.location import GatewayLocation
from ..config.text import shown
from ..config.tree import Statement
from ..http.local_redirects import LocalRedirects
from ..http.status import REDIRECTS
from ..server.setup.startup import Setup
from .places import places
from .said import Said

# The same host, without a port.
_TO_HTTPS = re.compile(rb"https://\$\{?(host|server_name|http_host)\b(?!\}?:)", re.I)
_URL = re.compile(rb"(https?)://([^/:?#$@]+)", re.I)
# What may be a whole URL: it begins with one, or with a variable that is no path.
_MAY_BE_URL = re.compile(rb"https?://|\$\{?(?!(request_|document_)?uri\b)", re.I)
_STATUSES = [b"%d" % status for status in REDIRECTS]
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
    if redirects or _passes_on(http):
        _say_where_they_lead(redirects, _names(http), setup.redirects, said)


def _say_where_they_lead(redirects: list[Statement], names: list[bytes], local: LocalRedirects, said: Said) -> None:
    words = [word for redirect in redirects for word in _targets(redirect)]
    targets = [(url[2].lower(), url[1].lower()) for url in map(_URL.match, words) if url is not None]
    to_https = _leading_to_https(redirects)
    if to_https and not local.has_https:
        said.warn(f"these redirects lead to port {_HTTPS}, but no server here has TLS on it: {places(to_https)}")
    if names or (to_https and local.has_https):
        what = _some(names) if names else "https"
        said.warn(f"redirects to {what} lead to the addresses here; --keep-redirects leaves them as they are")
    for host, scheme in dict.fromkeys(targets):
        _warn_of_target(shown(host), shown(scheme), local.is_reached(host, scheme), host in names, said)


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


def _passes_on(http: Http) -> bool:
    """Whether applications answer, which may redirect as well."""
    settings = (each for block in http.blocks for each in block.settings.values())
    return any(isinstance(each, GatewayLocation) and each.pass_ is not None for each in settings)


def _redirects(analysis: Analysis) -> list[Statement]:
    """The directives that may lead to a URL."""
    names = ("return", "rewrite", "error_page", "add_header")
    settings = [setting for scope in analysis.root.walk() for name in names for setting in scope.all(name)]
    return [setting.statement for setting in settings if any(map(_MAY_BE_URL.match, _targets(setting.statement)))]


def _targets(statement: Statement) -> Iterator[bytes]:
    """The word of a directive that says where it leads, if it redirects."""
    first, *others = statement.arguments
    match statement.name:
        case b"return" if not others:
            yield first
        case b"return" if first in _STATUSES:
            yield others[0]
        case b"rewrite":
            yield others[0]
        case b"error_page":
            yield others[-1]
        case b"add_header" if first.lower() == b"location":
            yield others[0]


def _leading_to_https(redirects: list[Statement]) -> list[Statement]:
    """Those that lead to https of the same host."""
    return [redirect for redirect in redirects if any(map(_TO_HTTPS.match, _targets(redirect)))]


def _names(http: Http) -> list[bytes]:
    """The names that lead to other machines: host names with a dot."""
    names = (name.text for server in http.servers for name in server.names if name.pattern is None)
    return [name for name in dict.fromkeys(names) if b"." in name.strip(b".") and re.search(rb"[a-z]", name)]


def _some(names: list[bytes]) -> str:
    rest = len(names) - _MOST
    return ", ".join(map(shown, names[:_MOST])) + (f" and {rest} more names" if rest > 0 else "")
