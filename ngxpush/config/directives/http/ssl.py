"""The ssl module: TLS for servers. `server/tls/` makes OpenSSL's contexts of these settings."""

from __future__ import annotations

import enum
import re

from msgspec import Struct

from ... import values
from ...columns import ANY, Arguments, accepted, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER
from ...slots import Enum, Flag, String, number, seconds, size
from ...text import shown
from ...zones import LEAST_SIZE
from ..gateways.rows import PROTOCOLS, choices
from ..gateways.slots import PasswordFile
from ..gateways.tls import ConfCommand, CredentialFile, CredentialFileSlot, OpensslCommand, OptionalPath
from .ssl_checks import check

_SHARED = re.compile(rb"shared:([^:]+):([^:]+)")
_BUILTIN = re.compile(rb"builtin(:[0-9]+)?")


def _deprecated(use: DirectiveUse, value: bool) -> None:
    use.report("warn", 'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead')


class SslCache(Struct, frozen=True):
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


class Verify(enum.Enum):
    """Whether clients have to show a certificate, and whether it has to be valid."""

    OFF = "off"
    ON = "on"
    OPTIONAL = "optional"
    OPTIONAL_NO_CA = "optional_no_ca"


_VERIFY = {mode.value.encode(): mode for mode in Verify}
_OWN_CACHE = accepted("Each worker keeps its own sessions; what tickets resume, every worker resumes.")
_NO_KEYS = unsupported("OpenSSL chooses the key: a reload begins with a new one.")
_NO_OCSP = unsupported("ngxpush asks no OCSP responder: only the answer in `ssl_stapling_file` is stapled.")


class SslServer(Struct, frozen=True):
    """The TLS settings of a server. Files are full paths; b"" for none. protocols: in lower case."""

    ssl: bool = False
    certificate: tuple[CredentialFile, ...] = ()
    certificate_key: tuple[CredentialFile, ...] = ()
    password_file: tuple[bytes, ...] = ()
    dhparam: bytes = b""
    ecdh_curve: bytes = b"auto"
    protocols: frozenset[str] = frozenset(("tlsv1", "tlsv1.1", "tlsv1.2"))
    ciphers: bytes = b"HIGH:!aNULL:!MD5"

    # Bytes.
    buffer_size: int = 16384

    verify_client: Verify = Verify.OFF
    verify_depth: int = 1
    client_certificate: bytes = b""
    trusted_certificate: bytes = b""
    prefer_server_ciphers: bool = False

    # The arguments of the directive: `off`, `none`, `builtin…`, `shared:…`.
    session_cache: tuple[bytes, ...] = (b"none",)

    session_tickets: bool = True

    # Seconds.
    session_timeout: int = 300

    crl: bytes = b""
    stapling: bool = False
    stapling_file: bytes = b""
    conf_command: tuple[OpensslCommand, ...] = ()
    early_data: bool = False
    reject_handshake: bool = False


_DIRECTIVES = (
    Directive("ssl", HTTP_SERVER, Flag(_deprecated), "Whether the server speaks TLS."),
    Directive("ssl_certificate", HTTP_SERVER, CredentialFileSlot(), "The file of the server's certificate.", once=False),
    Directive("ssl_certificate_key", HTTP_SERVER, CredentialFileSlot(), "The file of the certificate's key.", once=False),
    Directive("ssl_password_file", HTTP_SERVER, PasswordFile(), "The file of passwords for keys."),
    Directive("ssl_dhparam", HTTP_SERVER, OptionalPath(), "The file of parameters for the Diffie-Hellman exchange."),
    Directive("ssl_ecdh_curve", HTTP_SERVER, String(), "The curves that are offered."),
    Directive("ssl_protocols", HTTP_SERVER, choices(PROTOCOLS), "The TLS versions that are accepted.", ANY, once=False),
    Directive("ssl_ciphers", HTTP_SERVER, String(), "The ciphers that are offered."),
    Directive("ssl_buffer_size", HTTP_SERVER, size(), "The largest TLS record."),
    Directive("ssl_verify_client", HTTP_SERVER, Enum(_VERIFY), "Whether client certificates are verified."),
    Directive("ssl_verify_depth", HTTP_SERVER, number(), "The longest chain of certificates."),
    Directive(
        "ssl_client_certificate",
        HTTP_SERVER,
        OptionalPath(),
        "The file of certificates that client certificates are verified with.",
    ),
    Directive("ssl_trusted_certificate", HTTP_SERVER, OptionalPath(), "The file of other trusted certificates."),
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
        emulation=_OWN_CACHE,
    ),
    Directive("ssl_session_tickets", HTTP_SERVER, Flag(), "Whether sessions are resumed by tickets."),
    Directive(
        "ssl_session_ticket_key", HTTP_SERVER, String(), "The file of the key for tickets.", once=False, emulation=_NO_KEYS
    ),
    Directive("ssl_session_timeout", HTTP_SERVER, seconds(), "How long a session may be resumed."),
    Directive("ssl_crl", HTTP_SERVER, OptionalPath(), "The file of revoked certificates."),
    Directive(
        "ssl_ocsp",
        HTTP_SERVER,
        Enum({mode: mode for mode in (b"off", b"on", b"leaf")}),
        "Whether client certificates are checked by OCSP.",
        emulation=_NO_OCSP,
    ),
    Directive("ssl_ocsp_responder", HTTP_SERVER, String(), "The URL of the OCSP responder.", emulation=_NO_OCSP),
    Directive(
        "ssl_ocsp_cache", HTTP_SERVER, SslCache("OCSP cache", (b"off",), False), "The cache of OCSP answers.", emulation=_NO_OCSP
    ),
    Directive("ssl_stapling", HTTP_SERVER, Flag(), "Whether OCSP answers are stapled."),
    Directive("ssl_stapling_file", HTTP_SERVER, OptionalPath(), "The file of the stapled answer."),
    Directive("ssl_stapling_responder", HTTP_SERVER, String(), "The URL of the OCSP responder for stapling.", emulation=_NO_OCSP),
    Directive("ssl_stapling_verify", HTTP_SERVER, Flag(), "Whether stapled answers are verified.", emulation=_NO_OCSP),
    Directive("ssl_early_data", HTTP_SERVER, Flag(), "Whether TLS 1.3 early data is accepted."),
    Directive(
        "ssl_conf_command", HTTP_SERVER, ConfCommand(), "A configuration command for OpenSSL.", Arguments(2, 2), once=False
    ),
    Directive("ssl_reject_handshake", HTTP_SERVER, Flag(), "Whether TLS handshakes are refused."),
)

MODULE = Module("ssl", _DIRECTIVES, prefix="ssl_", server=SslServer, checks=(check,), optional=True)
