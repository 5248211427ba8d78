"""The ssl module: TLS for servers. Its directives are checked; ngxpush itself speaks no TLS."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import values
from ..analysis import Scope
from ..slots import Choices, Enum, Flag, KeyValue, String, number, seconds, size
from ..text import shown
from ..words import Refused, Words
from ..zones import LEAST_SIZE
from .gateway import PROTOCOLS
from .gateway_slots import PasswordFile
from .rows import rows_of
from .table import ANY, HTTP_SERVER, Arguments, Context, Level, Module, unsupported

_SHARED = re.compile(rb"shared:([^:]+):([^:]+)")
_BUILTIN = re.compile(rb"builtin(:[0-9]+)?")


class SslOn:
    """`on` or `off`; nginx wants `listen … ssl` instead."""

    description = "flag"

    def parse(self, words: Words) -> bool:
        value = Flag().parse(words)
        words.report("warn", 'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead')
        return value


@dataclass(frozen=True, slots=True)
class Cache:
    """A shared memory zone, or one of some words. called: what nginx calls it in its messages."""

    called: str
    words: tuple[bytes, ...]
    builtin: bool
    description: str = "cache"

    def parse(self, words: Words) -> tuple[bytes, ...]:
        for argument in words.arguments:
            if argument not in self.words and not (self.builtin and _BUILTIN.fullmatch(argument)):
                self._shared(words, argument)
        return words.arguments

    def _shared(self, words: Words, argument: bytes) -> None:
        match = _SHARED.fullmatch(argument)
        zone = values.parse_size(match[2]) if match is not None else None
        if match is None or zone is None:
            raise Refused(f'invalid {self.called} "{shown(argument)}"')
        if zone < LEAST_SIZE:
            raise Refused(f'{self.called} "{shown(argument)}" is too small')
        message = words.cycle.add_shared_memory(match[1], zone, self.called)
        if message is not None:
            raise Refused(message)


def _check(words: Words, http: Scope) -> None:
    """Certificates that are missing, for each server in order; a server that only refuses handshakes needs none."""
    for server in http.scopes:
        if server.context is Context.SERVER and not server.uncertain:
            _check_server(words, server)


def _check_server(words: Words, server: Scope) -> None:
    listens = [setting for setting in server.all("listen") if setting.value is not None and "ssl" in setting.value.flags]
    ssl = server.effective("ssl")
    certificates = _nearest(server, "ssl_certificate")
    keys = _nearest(server, "ssl_certificate_key")
    if not certificates:
        _check_missing(words, server, bool(listens))
        return
    if len(keys) < len(certificates):
        name = shown(certificates[len(keys) or -1])
        if not (ssl is not None and ssl.value) or len(keys):
            words.report("emerg", f'no "ssl_certificate_key" is defined for certificate "{name}"', fatal=True, placed=False)
            return
        _report_at(words, ssl.statement.end, 'no "ssl_certificate_key" is defined for the "ssl" directive')
        return
    for certificate, _key in zip(certificates, keys, strict=False):
        if b"$" not in certificate and not certificate.startswith((b"data:", b"engine:")):
            _check_file(words, certificate)


def _check_missing(words: Words, server: Scope, listens: bool) -> None:
    rejects = server.effective("ssl_reject_handshake")
    ssl = server.effective("ssl")
    if rejects is not None and rejects.value:
        verify = server.effective("ssl_verify_client")
        if verify is not None and verify.value in (b"on", b"optional") and server.effective("ssl_client_certificate") is None:
            words.report("emerg", "no ssl_client_certificate for ssl_verify_client", fatal=True, placed=False)
        return
    if ssl is not None and ssl.value:
        _report_at(words, ssl.statement.end, 'no "ssl_certificate" is defined for the "ssl" directive')
    elif listens and server.statement is not None:
        _report_at(words, server.statement.end, 'no "ssl_certificate" is defined for the "listen ... ssl" directive')


def _report_at(words: Words, position: object, message: str) -> None:
    words.analyzer.report("emerg", message, position, True)  # type: ignore[arg-type]  # a Position


def _nearest(scope: Scope, name: str) -> list[bytes]:
    """The arguments of all uses of a directive in the nearest block that has any."""
    around: Scope | None = scope
    while around is not None:
        if around.own(name) is not None:
            return [setting.statement.arguments[0] for setting in around.all(name)]
        around = around.parent
    return []


def _check_file(words: Words, certificate: bytes) -> None:
    """The certificate's file must be there; what is in it OpenSSL would have to judge."""
    path = shown(words.path(certificate, configuration_prefix=True))
    try:
        words.cycle.system.check(path)
    except FileNotFoundError:
        reason = f"error:80000002:system library::No such file or directory:calling fopen({path}, r)"
        openssl = f"BIO_new_file() failed (SSL: {reason} error:10000080:BIO routines::no such file)"
        words.report("emerg", f'cannot load certificate "{path}": {openssl}', fatal=True, placed=False)
    except OSError:
        return


_NO_TLS = unsupported("ngxpush speaks no TLS: the address answers plain HTTP.")
_VERIFY = {mode: mode for mode in (b"off", b"on", b"optional", b"optional_no_ca")}
_PROTOCOLS = Choices({protocol.lower().encode(): protocol for protocol in PROTOCOLS.split()})
_row = rows_of("ssl", contexts=HTTP_SERVER, emulation=_NO_TLS)

_DIRECTIVES = (
    _row("ssl", SslOn(), "Whether the server speaks TLS.", Arguments(flag=True), level=Level.SERVER),
    _row("ssl_certificate", String(), "The file with the server's certificate.", once=False),
    _row("ssl_certificate_key", String(), "The file with its key.", once=False),
    _row("ssl_password_file", PasswordFile(), "Passwords of keys."),
    _row("ssl_dhparam", String(), "The parameters of the Diffie-Hellman exchange."),
    _row("ssl_ecdh_curve", String(), "The curves offered."),
    _row("ssl_protocols", _PROTOCOLS, "The TLS versions spoken.", ANY, once=False),
    _row("ssl_ciphers", String(), "The ciphers offered."),
    _row("ssl_buffer_size", size(), "The size of TLS records."),
    _row("ssl_verify_client", Enum(_VERIFY), "Whether clients show certificates."),
    _row("ssl_verify_depth", number(), "How long the chain of certificates may be."),
    _row("ssl_client_certificate", String(), "The certificates clients' ones are checked against."),
    _row("ssl_trusted_certificate", String(), "Certificates that are trusted besides."),
    _row("ssl_prefer_server_ciphers", Flag(), "Whether the server's order of ciphers counts."),
    _row(
        "ssl_session_cache",
        Cache("session cache", (b"off", b"none"), True),
        "Where sessions are kept.",
        Arguments(1, 2),
        once=False,
    ),
    _row("ssl_session_tickets", Flag(), "Whether sessions are kept by the client."),
    _row("ssl_session_ticket_key", String(), "The key of those tickets.", once=False),
    _row("ssl_session_timeout", seconds(), "How long a session may be used again."),
    _row("ssl_crl", String(), "The certificates revoked."),
    _row(
        "ssl_ocsp", Enum({mode: mode for mode in (b"off", b"on", b"leaf")}), "Whether clients' certificates are checked by OCSP."
    ),
    _row("ssl_ocsp_responder", String(), "Who is asked."),
    _row("ssl_ocsp_cache", Cache("OCSP cache", (b"off",), False), "Where its answers are kept."),
    _row("ssl_stapling", Flag(), "Whether the server staples OCSP answers."),
    _row("ssl_stapling_file", String(), "The answer stapled."),
    _row("ssl_stapling_responder", String(), "Who is asked for it."),
    _row("ssl_stapling_verify", Flag(), "Whether the answer is verified."),
    _row("ssl_early_data", Flag(), "Whether TLS 1.3 early data are taken."),
    _row("ssl_conf_command", KeyValue(), "A command of OpenSSL's configuration.", Arguments(2, 2), once=False),
    _row("ssl_reject_handshake", Flag(), "Whether TLS handshakes are refused."),
)

MODULES = (Module("ssl", _DIRECTIVES, checks=(_check,)),)
