"""The ssl module: TLS for servers. Its directives are checked, but ngxpush does not speak TLS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ... import values
from ...columns import ANY, Arguments, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock
from ...module import Module
from ...places import HTTP_SERVER, Context
from ...slots import Choices, Enum, Flag, KeyValue, String, number, seconds, size
from ...text import shown
from ...zones import LEAST_SIZE
from ..gateways.rows import PROTOCOLS
from ..gateways.slots import PasswordFile

_SHARED = re.compile(rb"shared:([^:]+):([^:]+)")
_BUILTIN = re.compile(rb"builtin(:[0-9]+)?")


def _deprecated(use: DirectiveUse, value: bool) -> None:
    use.report("warn", 'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead')


@dataclass(frozen=True, slots=True)
class SslCache:
    """A shared memory zone, or one of some words. called: the name of the cache in nginx's messages."""

    called: str
    others: tuple[bytes, ...]
    builtin: bool
    description: str = "cache"

    def parse(self, use: DirectiveUse) -> tuple[bytes, ...]:
        for argument in use.arguments:
            if argument not in self.others and not (self.builtin and _BUILTIN.fullmatch(argument)):
                self._shared(use, argument)
        return use.arguments

    def _shared(self, use: DirectiveUse, argument: bytes) -> None:
        match = _SHARED.fullmatch(argument)
        zone = values.parse_size(match[2]) if match is not None else None
        if match is None or zone is None:
            raise RefusedDirective(f'invalid {self.called} "{shown(argument)}"')
        if zone < LEAST_SIZE:
            raise RefusedDirective(f'{self.called} "{shown(argument)}" is too small')
        message = use.cycle.add_shared_memory(match[1], zone, self.called)
        if message is not None:
            raise RefusedDirective(message)


def _check(use: DirectiveUse, http: Scope) -> None:
    """Report missing certificates, for each server in order. A server that only refuses handshakes needs none."""
    for server in http.scopes:
        if server.context is Context.SERVER and not server.uncertain:
            _check_server(use, server)


def _check_server(use: DirectiveUse, server: Scope) -> None:
    ssl = server.effective("ssl")
    certificates = _files(server, "ssl_certificate")
    keys = _files(server, "ssl_certificate_key")
    if not certificates:
        _check_missing(use, server)
        return
    if len(keys) < len(certificates):
        name = shown(certificates[len(keys) or -1])
        if not (ssl is not None and ssl.value) or len(keys):
            use.report("emerg", f'no "ssl_certificate_key" is defined for certificate "{name}"', fatal=True, placed=False)
            return
        use.report_at('no "ssl_certificate_key" is defined for the "ssl" directive', ssl.statement.end)
        return
    for certificate, _key in zip(certificates, keys, strict=False):
        if b"$" not in certificate and not certificate.startswith((b"data:", b"engine:")):
            _check_file(use, certificate)


def _rejects(server: Scope) -> bool:
    rejects = server.effective("ssl_reject_handshake")
    return rejects is not None and bool(rejects.value)


def _check_missing(use: DirectiveUse, server: Scope) -> None:
    ssl = server.effective("ssl")
    if _rejects(server):
        verify = server.effective("ssl_verify_client")
        if verify is not None and verify.value in (b"on", b"optional") and server.effective("ssl_client_certificate") is None:
            use.report("emerg", "no ssl_client_certificate for ssl_verify_client", fatal=True, placed=False)
        return
    if ssl is not None and ssl.value:
        use.report_at('no "ssl_certificate" is defined for the "ssl" directive', ssl.statement.end)


def check_addresses(use: DirectiveUse, http: Scope) -> None:
    """Report a missing certificate for each address with TLS.

    The default server's certificate serves the others too. Where it refuses handshakes and has none, each of them needs one.
    """
    block: HttpBlock = http.value
    for place in block.listens.values():
        default = place.default_server or place.servers[0]
        if not place.ssl or _files(default, "ssl_certificate"):
            continue
        for server in place.servers if _rejects(default) else [default]:
            lacks = not server.uncertain and not _files(server, "ssl_certificate") and not _rejects(server)
            if lacks and server.statement is not None:
                use.report_at('no "ssl_certificate" is defined for the "listen ... ssl" directive', server.statement.end)


def _files(scope: Scope, name: str) -> list[bytes]:
    """The files that the uses of a directive name that are in force."""
    return [setting.statement.arguments[0] for setting in scope.effective_all(name)]


def _check_file(use: DirectiveUse, certificate: bytes) -> None:
    """Report a certificate file that is missing. Only OpenSSL could check its content."""
    path = shown(use.path(certificate, configuration_prefix=True))
    try:
        use.cycle.system.check(path)
    except FileNotFoundError:
        reason = f"error:80000002:system library::No such file or directory:calling fopen({path}, r)"
        openssl = f"BIO_new_file() failed (SSL: {reason} error:10000080:BIO routines::no such file)"
        use.report("emerg", f'cannot load certificate "{path}": {openssl}', fatal=True, placed=False)
    except OSError:
        return


_NO_TLS = unsupported("ngxpush does not speak TLS: the address answers plain HTTP.")
_VERIFY = {mode: mode for mode in (b"off", b"on", b"optional", b"optional_no_ca")}
_PROTOCOLS = Choices({protocol.lower().encode(): protocol for protocol in PROTOCOLS.split()})

_DIRECTIVES = (
    Directive("ssl", HTTP_SERVER, Flag(_deprecated), "Whether the server speaks TLS."),
    Directive("ssl_certificate", HTTP_SERVER, String(), "The file of the server's certificate.", once=False),
    Directive("ssl_certificate_key", HTTP_SERVER, String(), "The file of the certificate's key.", once=False),
    Directive("ssl_password_file", HTTP_SERVER, PasswordFile(), "The file of passwords for keys."),
    Directive("ssl_dhparam", HTTP_SERVER, String(), "The file of parameters for the Diffie-Hellman exchange."),
    Directive("ssl_ecdh_curve", HTTP_SERVER, String(), "The curves that are offered."),
    Directive("ssl_protocols", HTTP_SERVER, _PROTOCOLS, "The TLS versions that are accepted.", ANY, once=False),
    Directive("ssl_ciphers", HTTP_SERVER, String(), "The ciphers that are offered."),
    Directive("ssl_buffer_size", HTTP_SERVER, size(), "The largest TLS record."),
    Directive("ssl_verify_client", HTTP_SERVER, Enum(_VERIFY), "Whether client certificates are verified."),
    Directive("ssl_verify_depth", HTTP_SERVER, number(), "The longest chain of certificates."),
    Directive(
        "ssl_client_certificate", HTTP_SERVER, String(), "The file of certificates that client certificates are verified with."
    ),
    Directive("ssl_trusted_certificate", HTTP_SERVER, String(), "The file of other trusted certificates."),
    Directive(
        "ssl_prefer_server_ciphers", HTTP_SERVER, Flag(), "Whether the server's order of ciphers is preferred to the client's."
    ),
    Directive(
        "ssl_session_cache",
        HTTP_SERVER,
        SslCache("session cache", (b"off", b"none"), True),
        "The cache of sessions.",
        Arguments(1, 2),
        once=False,
    ),
    Directive("ssl_session_tickets", HTTP_SERVER, Flag(), "Whether sessions are resumed by tickets."),
    Directive("ssl_session_ticket_key", HTTP_SERVER, String(), "The file of the key for tickets.", once=False),
    Directive("ssl_session_timeout", HTTP_SERVER, seconds(), "How long a session may be resumed."),
    Directive("ssl_crl", HTTP_SERVER, String(), "The file of revoked certificates."),
    Directive(
        "ssl_ocsp",
        HTTP_SERVER,
        Enum({mode: mode for mode in (b"off", b"on", b"leaf")}),
        "Whether client certificates are checked by OCSP.",
    ),
    Directive("ssl_ocsp_responder", HTTP_SERVER, String(), "The URL of the OCSP responder."),
    Directive("ssl_ocsp_cache", HTTP_SERVER, SslCache("OCSP cache", (b"off",), False), "The cache of OCSP answers."),
    Directive("ssl_stapling", HTTP_SERVER, Flag(), "Whether OCSP answers are stapled."),
    Directive("ssl_stapling_file", HTTP_SERVER, String(), "The file of the stapled answer."),
    Directive("ssl_stapling_responder", HTTP_SERVER, String(), "The URL of the OCSP responder for stapling."),
    Directive("ssl_stapling_verify", HTTP_SERVER, Flag(), "Whether stapled answers are verified."),
    Directive("ssl_early_data", HTTP_SERVER, Flag(), "Whether TLS 1.3 early data is accepted."),
    Directive("ssl_conf_command", HTTP_SERVER, KeyValue(), "A configuration command for OpenSSL.", Arguments(2, 2), once=False),
    Directive("ssl_reject_handshake", HTTP_SERVER, Flag(), "Whether TLS handshakes are refused."),
)

MODULE = Module("ssl", _DIRECTIVES, checks=(_check,), emulation=_NO_TLS)
