"""What nginx says of certificates and other TLS settings when the http block closes."""

from __future__ import annotations

from collections.abc import Iterator

from ...directive import DirectiveUse, Scope
from ...http_block import HttpBlock
from ...in_force import argument, arguments
from ...places import Context
from ...text import shown
from ...tls_files import (
    PARAMETERS,
    REVOKED,
    STAPLED,
    TRUSTED,
    FileKind,
    ciphers_fault,
    file_fault,
    pair_fault,
    unstaplable,
)

_TICKET_KEY_SIZES = (48, 80)


def check(use: DirectiveUse, http: Scope) -> None:
    """Report what is wrong with certificates and other TLS settings, for each server in order."""
    for server in http.scopes:
        if server.context is Context.SERVER and not server.uncertain:
            _check_server(use, server)


def _check_server(use: DirectiveUse, server: Scope) -> None:
    """A server without certificates has no TLS settings to check, unless it refuses handshakes: then it needs no certificate."""
    ssl = server.effective("ssl")
    certificates = arguments(server, "ssl_certificate")
    keys = arguments(server, "ssl_certificate_key")
    if not certificates and not _rejects(server):
        if ssl is not None and ssl.value:
            use.report_at('no "ssl_certificate" is defined for the "ssl" directive', ssl.statement.end)
        return
    if len(keys) < len(certificates):
        lack = f'no "ssl_certificate_key" is defined for certificate "{shown(certificates[-1])}"'
        if ssl is None or not ssl.value:
            use.report("emerg", lack, fatal=True, placed=False)
        elif keys:
            use.report_at(f'{lack} and the "ssl" directive', ssl.statement.end)
        else:
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
    ciphers = argument(server, "ssl_ciphers")
    if ciphers is not None:
        yield from _found(ciphers_fault(use, ciphers))
    of_variables = any(b"$" in name for name in (*certificates, *keys))
    if of_variables:
        for name in (*certificates, *keys):
            use.complex_value(name)
    else:
        for certificate, key in zip(certificates, keys, strict=False):
            yield from _found(pair_fault(use, certificate, key))
    yield from _verification_faults(use, server)
    yield from _file_faults(use, server, "ssl_dhparam", PARAMETERS)
    stapling = server.effective("ssl_stapling")
    if stapling is not None and stapling.value and not of_variables:
        yield from _stapling_faults(use, server, certificates)


def _stapling_faults(use: DirectiveUse, server: Scope, certificates: list[bytes]) -> Iterator[str]:
    """A file of an answer that is not there. Without one, warn of certificates for which no answer can be asked for."""
    if argument(server, "ssl_stapling_file"):
        yield from _file_faults(use, server, "ssl_stapling_file", STAPLED)
        return
    trusted = argument(server, "ssl_trusted_certificate")
    for certificate in reversed(certificates):
        reason = unstaplable(use, certificate, trusted, argument(server, "ssl_stapling_responder"))
        if reason is not None:
            use.report("warn", f'"ssl_stapling" ignored, {reason}', placed=False)


def _verification_faults(use: DirectiveUse, server: Scope) -> Iterator[str]:
    """What is wrong with the verification of clients."""
    mode = (argument(server, "ssl_verify_client") or b"off").lower()
    if mode in (b"on", b"optional") and not argument(server, "ssl_client_certificate"):
        yield "no ssl_client_certificate for ssl_verify_client"
    if mode != b"off":
        yield from _file_faults(use, server, "ssl_client_certificate", TRUSTED)
    yield from _file_faults(use, server, "ssl_trusted_certificate", TRUSTED)
    yield from _file_faults(use, server, "ssl_crl", REVOKED)
    ocsp = server.effective("ssl_ocsp")
    if ocsp is None or ocsp.value in (None, b"off"):
        return
    if mode == b"optional_no_ca":
        yield '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"'
    responder = argument(server, "ssl_ocsp_responder")
    if responder and responder[:7].lower() != b"http://":
        yield f'invalid URL prefix in OCSP responder "{shown(responder)}" in "ssl_ocsp_responder"'


def _check_ticket_keys(use: DirectiveUse, server: Scope) -> None:
    """Report a file of keys for tickets that is missing or has not the size of a key."""
    for name in arguments(server, "ssl_session_ticket_key"):
        path = shown(use.path(name, configuration_prefix=True))
        try:
            content = use.cycle.system.credentials(path)
        except OSError as error:
            use.report("emerg", f'open() "{path}" failed ({error.errno}: {error.strerror})', fatal=True)
            return
        if content is not None and len(content) not in _TICKET_KEY_SIZES:
            use.report("emerg", f'"{path}" must be 48 or 80 bytes', fatal=True)
            return


def _file_faults(use: DirectiveUse, server: Scope, name: str, kind: FileKind) -> Iterator[str]:
    """What is wrong with the file that a directive names, if it names one."""
    path = argument(server, name)
    if path:
        yield from _found(file_fault(use, kind, path))


def _found(fault: str | None) -> Iterator[str]:
    if fault is not None:
        yield fault


def check_addresses(use: DirectiveUse, http: Scope) -> None:
    """Report a missing certificate for each address with TLS.

    The default server's certificate serves the others too. Where it refuses handshakes and has none, each of them needs one.
    """
    block: HttpBlock = http.value
    for place in block.listens.values():
        default = place.default_server or place.servers[0]
        if not place.ssl or arguments(default, "ssl_certificate"):
            continue
        for server in place.servers if _rejects(default) else [default]:
            lacks = not server.uncertain and not arguments(server, "ssl_certificate") and not _rejects(server)
            if lacks and server.statement is not None:
                use.report_at('no "ssl_certificate" is defined for the "listen ... ssl" directive', server.statement.end)
