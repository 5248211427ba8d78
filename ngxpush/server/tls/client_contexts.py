"""OpenSSL's contexts for connections to servers (proxy_ssl_… and its kin)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from ...config.directives.gateways.tls import OpensslCommand, UpstreamTls
from ...config.tls_files import unopened
from ...http.upstream.connection import Tls
from .client_faults import CannotLoad
from .conf_commands import BadValue, NoSuchCommand, run_command
from .words import error_words

_NOT_USED = {
    "tlsv1": SSL.OP_NO_TLSv1,
    "tlsv1.1": SSL.OP_NO_TLSv1_1,
    "tlsv1.2": SSL.OP_NO_TLSv1_2,
    "tlsv1.3": SSL.OP_NO_TLSv1_3,
}
# Of OpenSSL 3: a server that closes without saying so is taken for one that says so.
_OP_IGNORE_UNEXPECTED_EOF = 1 << 7


class ClientContexts:
    """The contexts of a configuration. They are made at start, while the process may read every file."""

    def __init__(self) -> None:
        self._contexts: dict[UpstreamTls, SSL.Context] = {}

    def add(self, settings: UpstreamTls) -> SSL.Context:
        """The context for these settings, which is made if there is none. Raises CannotLoad."""
        found = self._contexts.get(settings)
        if found is None:
            found = self._contexts[settings] = client_context(settings)
        return found

    def use_instead(self, settings: UpstreamTls, others: UpstreamTls) -> None:
        """Make connections with settings that can't be used by others. Raises CannotLoad."""
        self._contexts[settings] = self.add(others)

    def of(self, tls: Tls) -> SSL.Context:
        """The context for a connection: one of its own if its certificate is. Raises CannotLoad."""
        if not tls.certificate:
            return self.add(tls.settings)
        context = client_context(tls.settings)
        _use_certificate(context, tls.certificate, tls.certificate_key, tls.settings.passwords, "SSL_use_PrivateKey")
        return context


def client_context(settings: UpstreamTls) -> SSL.Context:
    """A new context. Raises CannotLoad.

    Certificates of servers are verified, but the handshake goes on whatever comes of that (`_note`), as in nginx.
    """
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_options(_OP_IGNORE_UNEXPECTED_EOF | SSL.OP_NO_COMPRESSION)
    for protocol, option in _NOT_USED.items():
        if protocol not in settings.protocols:
            context.set_options(option)
    try:
        context.set_cipher_list(settings.ciphers)
    except SSL.Error as error:
        text = settings.ciphers.decode("latin-1")
        raise CannotLoad(f'SSL_CTX_set_cipher_list("{text}") failed (SSL: {error_words(error)})') from None
    if settings.certificate:
        _use_certificate(context, settings.certificate, settings.certificate_key, settings.passwords)
    if settings.verify:
        _verify(context, settings)
    if settings.alpn:
        context.set_alpn_protos(list(settings.alpn))
    for command in settings.conf_commands:
        _run(context, command)
    return context


def _use_certificate(
    context: SSL.Context, certificate: bytes, key: bytes, passwords: Sequence[bytes], call: str = "SSL_CTX_use_PrivateKey"
) -> None:
    """Load a certificate with its chain, and its key. Raises CannotLoad.

    certificate, key: paths, or `data:` and PEM.  call: the function whose failure nginx reports for a key of another certificate.
    """
    path = certificate.decode("latin-1")
    try:
        chain = x509.load_pem_x509_certificates(_content(f'cannot load certificate "{path}"', certificate))
    except ValueError:
        wrong = "PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)"
        raise CannotLoad(f'cannot load certificate "{path}": {wrong}') from None
    private = _key(key, passwords)
    context.use_certificate(chain[0])
    for issuer in chain[1:]:
        context.add_extra_chain_cert(issuer)
    try:
        context.use_privatekey(private)
    except SSL.Error as error:
        path = key.decode("latin-1")
        raise CannotLoad(f'{call}("{path}") failed (SSL: {error_words(error)})') from None


def _content(begin: str, name: bytes) -> bytes:
    """What is in a file. begin: of the line about one that can't be read."""
    if name.startswith(b"data:"):
        return name.removeprefix(b"data:")
    try:
        with open(name, "rb") as file:
            return file.read()
    except IsADirectoryError:
        return b""
    except OSError as error:
        raise CannotLoad(f"{begin}: BIO_new_file() failed (SSL: {unopened(os.fsdecode(name), error)})") from None


def _key(name: bytes, passwords: Sequence[bytes]) -> Any:
    begin = f'cannot load certificate key "{name.decode("latin-1")}"'
    content = _content(begin, name)
    fault = ""
    for password in passwords or (b"",):
        try:
            return _private_key(content, password)
        except ValueError:
            fault = _wrong_password("maybe wrong password")
        except TypeError:
            fault = _wrong_password("empty password")
    if b"ENCRYPTED" not in content:
        fault = "error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM"
    raise CannotLoad(f"{begin}: PEM_read_bio_PrivateKey() failed (SSL: {fault})")


def _wrong_password(why: str) -> str:
    bad = "error:1C800064:Provider routines::bad decrypt"
    once = f"{bad} error:11800074:PKCS12 routines::pkcs12 cipherfinal error:{why}"
    return f"{once} {once}"  # OpenSSL tries twice


def _private_key(content: bytes, password: bytes) -> Any:
    try:
        return load_pem_private_key(content, password or None)
    except TypeError:
        if not password:
            raise
        return load_pem_private_key(content, None)  # a password is given, and the key needs none


def _verify(context: SSL.Context, settings: UpstreamTls) -> None:
    context.set_verify_depth(settings.verify_depth)
    context.set_verify(SSL.VERIFY_PEER, _note)
    path = settings.trusted_certificate
    _load(context, path, f'SSL_CTX_load_verify_locations("{path.decode("latin-1")}") failed')
    if settings.crl:
        _load(context, settings.crl, f'X509_LOOKUP_load_file("{settings.crl.decode("latin-1")}") failed')
        store = context.get_cert_store()
        assert store is not None
        store.set_flags(crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL)


def _load(context: SSL.Context, path: bytes, begin: str) -> None:
    """Take the certificates and lists of revoked certificates in a file."""
    try:
        context.load_verify_locations(path)
    except SSL.Error as error:
        raise CannotLoad(f"{begin} (SSL: {error_words(error)})") from None


def _note(connection: SSL.Connection, certificate: crypto.X509, code: int, depth: int, good: int) -> bool:
    """Keep what is wrong with a certificate: the last word counts. The handshake goes on."""
    if not good:
        connection.set_app_data(code)
    return True


def _run(context: SSL.Context, command: OpensslCommand) -> None:
    name, value = command.name.decode("latin-1"), command.value.decode("latin-1")
    begin = f'SSL_CONF_cmd("{name}", "{value}") failed'
    try:
        run_command(context, command.name, command.value)
    except NoSuchCommand:
        code = "error:0A000182:SSL routines::unknown cmd name"
        raise CannotLoad(f"{begin} (SSL: {code}:cmd={name})") from None
    except BadValue:
        raise CannotLoad(f"{begin} (SSL: error:0A000180:SSL routines::bad value:cmd={name}, value={value})") from None
    except SSL.Error as error:
        raise CannotLoad(f"{begin} (SSL: {error_words(error)})") from None
