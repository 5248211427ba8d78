"""The ssl module: TLS for servers. Its directives are checked, but ngxpush does not speak TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ... import values
from ...columns import ANY, Arguments, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock
from ...module import Module
from ...places import HTTP_SERVER, Context
from ...slots import Choices, Enum, Flag, KeyValue, String, number, seconds, size
from ...text import shown
from ...tls_files import PARAMETERS, REVOKED, STAPLED, TRUSTED, ciphers_fault, file_fault, pair_fault, unstaplable
from ...zones import LEAST_SIZE
from ..gateways.rows import PROTOCOLS
from ..gateways.slots import PasswordFile

_SHARED = re.compile(rb"shared:([^:]+):([^:]+)")
_BUILTIN = re.compile(rb"builtin(:[0-9]+)?")
_TICKET_KEY_SIZES = (48, 80)


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
    """Report what is wrong with certificates and other TLS settings, for each server in order."""
    for server in http.scopes:
        if server.context is Context.SERVER and not server.uncertain:
            _check_server(use, server)


def _check_server(use: DirectiveUse, server: Scope) -> None:
    """A server without certificates has no TLS settings to check, unless it refuses handshakes: then it needs no certificate."""
    ssl = server.effective("ssl")
    certificates = _files(server, "ssl_certificate")
    keys = _files(server, "ssl_certificate_key")
    if not certificates and not _rejects(server):
        if ssl is not None and ssl.value:
            use.report_at('no "ssl_certificate" is defined for the "ssl" directive', ssl.statement.end)
        return
    if len(keys) < len(certificates):
        name = shown(certificates[len(keys) or -1])
        if not (ssl is not None and ssl.value) or len(keys):
            use.report("emerg", f'no "ssl_certificate_key" is defined for certificate "{name}"', fatal=True, placed=False)
            return
        use.report_at('no "ssl_certificate_key" is defined for the "ssl" directive', ssl.statement.end)
        return
    fault = next(_faults(use, server, certificates, keys), None)
    if fault is not None:
        use.report("emerg", fault, fatal=True, placed=False)
        return
    _check_ticket_keys(use, server)


def _rejects(server: Scope) -> bool:
    rejects = server.effective("ssl_reject_handshake")
    return rejects is not None and bool(rejects.value)


def _faults(use: DirectiveUse, server: Scope, certificates: list[bytes], keys: list[bytes]) -> Iterator[str]:
    """nginx's messages, in the order in which it gives the settings to OpenSSL."""
    ciphers = _text(server, "ssl_ciphers")
    if ciphers is not None:
        yield from _found(ciphers_fault(use, ciphers))
    if any(b"$" in name for name in (*certificates, *keys)):
        for name in (*certificates, *keys):
            use.complex_value(name)
    else:
        for certificate, key in zip(certificates, keys, strict=False):
            yield from _found(pair_fault(use, certificate, key))
    yield from _verification_faults(use, server)
    parameters = _text(server, "ssl_dhparam")
    if parameters:
        yield from _found(file_fault(use, PARAMETERS, parameters))
    stapling = server.effective("ssl_stapling")
    if stapling is not None and stapling.value and not any(b"$" in name for name in (*certificates, *keys)):
        yield from _stapling_faults(use, server, certificates)


def _stapling_faults(use: DirectiveUse, server: Scope, certificates: list[bytes]) -> Iterator[str]:
    """A file of an answer that is not there. Without one, warn of certificates for which no answer can be asked for."""
    stapled = _text(server, "ssl_stapling_file")
    if stapled:
        yield from _found(file_fault(use, STAPLED, stapled))
        return
    trusted = _text(server, "ssl_trusted_certificate")
    for certificate in reversed(certificates):
        reason = unstaplable(use, certificate, trusted, _text(server, "ssl_stapling_responder"))
        if reason is not None:
            use.report("warn", f'"ssl_stapling" ignored, {reason}', placed=False)


def _verification_faults(use: DirectiveUse, server: Scope) -> Iterator[str]:
    """What is wrong with the verification of clients."""
    verify = server.effective("ssl_verify_client")
    mode = None if verify is None else verify.value
    clients = _text(server, "ssl_client_certificate")
    if mode in (b"on", b"optional") and not clients:
        yield "no ssl_client_certificate for ssl_verify_client"
    if mode not in (None, b"off") and clients:
        yield from _found(file_fault(use, TRUSTED, clients))
    for name, kind in (("ssl_trusted_certificate", TRUSTED), ("ssl_crl", REVOKED)):
        path = _text(server, name)
        if path:
            yield from _found(file_fault(use, kind, path))
    ocsp = server.effective("ssl_ocsp")
    if ocsp is None or ocsp.value in (None, b"off"):
        return
    if mode == b"optional_no_ca":
        yield '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"'
    responder = _text(server, "ssl_ocsp_responder")
    if responder and responder[:7].lower() != b"http://":
        yield f'invalid URL prefix in OCSP responder "{shown(responder)}" in "ssl_ocsp_responder"'


def _check_ticket_keys(use: DirectiveUse, server: Scope) -> None:
    """Report a file of keys for tickets that is missing or has not the size of a key."""
    for name in _files(server, "ssl_session_ticket_key"):
        path = shown(use.path(name, configuration_prefix=True))
        try:
            content = use.cycle.system.credentials(path)
        except OSError as error:
            use.report("emerg", f'open() "{path}" failed ({error.errno}: {error.strerror})', fatal=True)
            return
        if content is not None and len(content) not in _TICKET_KEY_SIZES:
            use.report("emerg", f'"{path}" must be 48 or 80 bytes', fatal=True)
            return


def _found(fault: str | None) -> Iterator[str]:
    if fault is not None:
        yield fault


def _text(scope: Scope, name: str) -> bytes | None:
    """The argument of the directive in force."""
    setting = scope.effective(name)
    return None if setting is None else setting.statement.arguments[0]


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

MODULE = Module("ssl", _DIRECTIVES, checks=(_check,), emulation=_NO_TLS, optional=True)
