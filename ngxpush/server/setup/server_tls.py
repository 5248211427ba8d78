"""The TLS of a configuration's servers, for a process that starts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...config.configuration import Http, Server
from ...config.directives.http.ssl import SslServer
from ..tls.faults import CannotLoad
from .reading import Failed, Log

if TYPE_CHECKING:
    from ..tls.server_contexts import Pairs, ServerContexts
    from .local_authority import Authority

Warn = Callable[[str], None]

# What it means when a file is not there.
_OPTIONAL_FILES = {
    "dhparam": "ciphers that need its parameters are not offered",
    "client_certificate": "certificates of clients that only it makes valid are not valid",
    "trusted_certificate": "certificates of clients that only it makes valid are not valid",
    "crl": "revoked certificates of clients are accepted",
    "stapling_file": "no OCSP answer is stapled",
}
# What may stand in a certificate: a host name, or one whose first label is a wildcard.
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SIGNED = "certificates that this machine lacks are replaced by ones that {authority}"
_OWN = "an authority of your own signs: browsers trust it once you import {path} there as an authority, curl with --cacert {path}"
_MKCERT = "mkcert's authority signs, which browsers trust after `mkcert -install`"
_OF_THIS_PROCESS = (
    "an authority of this run signs, because your directory for data (XDG_DATA_HOME, or ~/.local/share) can't be written: "
    "no one trusts it, curl takes them with -k"
)


def server_contexts(http: Http | None, log: Log) -> ServerContexts | None:
    """OpenSSL's contexts; None where no server has TLS. Raises Failed; what OpenSSL can't use has been logged."""
    if http is None or not uses_tls(http):
        return None
    from ..tls.server_contexts import make_contexts  # OpenSSL takes long to load, and many configurations don't need it

    try:
        return make_contexts(http)
    except CannotLoad as error:
        log("emerg", str(error))
        raise Failed from None


def lenient_contexts(http: Http | None, warn: Warn) -> ServerContexts | None:
    """The same for `ngxpush run`: what the machine lacks is replaced. Raises CannotLoad."""
    if http is None or not uses_tls(http):
        return None
    from ..tls.server_contexts import make_contexts

    return make_contexts(http, _Replacements(warn).choose)


class _Replacements:
    """Takes files that are not there from the settings, and signs certificates in place of those that are not there."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._said: set[str] = set()

    def choose(self, server: Server, settings: SslServer, pairs: Pairs) -> tuple[SslServer, Pairs]:
        for field, meaning in _OPTIONAL_FILES.items():
            path = getattr(settings, field)
            if path and not is_there(path):
                self._say(f"{os.fsdecode(path)} can't be read: {meaning}")
                absent: dict[str, Any] = {field: b""}
                settings = replace(settings, **absent)
        if all(is_there(certificate) and is_there(key) for certificate, key in pairs):
            return settings, pairs
        return settings, [self._signed(server)]

    def _signed(self, server: Server) -> tuple[bytes, bytes]:
        from .local_authority import local_authority

        try:
            authority = local_authority()
        except (OSError, ValueError) as error:
            raise CannotLoad(f"no authority for certificates can be made or used here: {error}") from None
        self._say(_SIGNED.format(authority=_said_of(authority)))
        certificate, key = authority.sign(_names(server))
        return b"data:" + certificate, b"data:" + key

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._warn(text)


def _said_of(authority: Authority) -> str:
    if authority.path is None:
        return _OF_THIS_PROCESS
    return _MKCERT if authority.is_mkcert else _OWN.format(path=authority.path)


def _names(server: Server) -> list[str]:
    """The host names of a certificate: the server's, and those of this machine."""
    written = (name.text.decode("latin-1") for name in server.names if name.pattern is None)
    names = (f"*{name}" if name.startswith(".") else name for name in written)
    usable = [name for name in names if _HOST.fullmatch(name)]
    return list(dict.fromkeys([*usable, "localhost", "127.0.0.1", "::1"]))


def is_there(path: bytes) -> bool:
    return path.startswith(b"data:") or os.access(path, os.R_OK)


def uses_tls(http: Http) -> bool:
    """Whether a server has TLS."""
    return any(_has_tls(server) for server in http.servers)


def _has_tls(server: Server) -> bool:
    listens = any("ssl" in dict(listen.options) for listen in server.listens)
    return listens or server.of(SslServer).ssl or bool(server.of(SslServer).certificate)
