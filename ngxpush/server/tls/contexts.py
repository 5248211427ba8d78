"""What the contexts of OpenSSL have in common, those of servers and those for upstreams."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress

from OpenSSL import SSL, crypto

from ...config.directives.gateways.tls import OpensslCommand
from ...config.text import shown
from .conf_commands import BadValue, NoSuchCommand, changed_options, run_command
from .faults import CannotLoad
from .words import error_words

_OPTIONS = {
    "sslv2": SSL.OP_NO_SSLv2,
    "sslv3": SSL.OP_NO_SSLv3,
    "tlsv1": SSL.OP_NO_TLSv1,
    "tlsv1.1": SSL.OP_NO_TLSv1_1,
    "tlsv1.2": SSL.OP_NO_TLSv1_2,
    "tlsv1.3": SSL.OP_NO_TLSv1_3,
}
# Of OpenSSL 3: another side that closes without saying so is taken for one that says so.
_OP_IGNORE_UNEXPECTED_EOF = 1 << 7
# Only the certificates of the file are shown, not those of issuers that are trusted.
_MODE_NO_AUTO_CHAIN = 1 << 3


def context_options(protocols: Collection[str], more: int, commands: Sequence[OpensslCommand]) -> int:
    """The options of a context, SSL_OP_…: the protocols (in lower case), others, and what commands change in them.

    They are worked out before there is a context: what one has can't be taken from it.
    """
    options = _OP_IGNORE_UNEXPECTED_EOF | SSL.OP_NO_COMPRESSION | more
    for protocol, option in _OPTIONS.items():
        if protocol not in protocols:
            options |= option
    return changed_options(options, [(command.name, command.value) for command in commands])


def make_context(method: int, options: int, ciphers: bytes, without_dhe: bool = False) -> SSL.Context:
    """A context without certificates. Raises CannotLoad.

    options: see `context_options`.  without_dhe: there are no Diffie-Hellman parameters: OpenSSL 4 would take some of its own.
    """
    context = SSL.Context(method)
    context.set_options(options)
    context.set_mode(_MODE_NO_AUTO_CHAIN)
    try:
        context.set_cipher_list(ciphers)
    except SSL.Error as error:
        raise CannotLoad(f'SSL_CTX_set_cipher_list("{shown(ciphers)}") failed (SSL: {error_words(error)})') from None
    if without_dhe:
        with suppress(SSL.Error):  # there are no others: handshakes fail if their groups do not fit
            context.set_cipher_list(ciphers + b":!kDHE")
    return context


def trust(context: SSL.Context, path: bytes) -> None:
    """Trust the certificates in a file. Raises CannotLoad."""
    _load(context, path, "SSL_CTX_load_verify_locations")


def revoke(context: SSL.Context, path: bytes) -> None:
    """Take the lists of revoked certificates in a file, and look there for every certificate. Raises CannotLoad."""
    _load(context, path, "X509_LOOKUP_load_file")
    store = context.get_cert_store()
    assert store is not None
    store.set_flags(crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL)


def _load(context: SSL.Context, path: bytes, function: str) -> None:
    try:
        context.load_verify_locations(path)
    except SSL.Error as error:
        raise CannotLoad(f'{function}("{shown(path)}") failed (SSL: {error_words(error)})') from None


def run(context: SSL.Context, command: OpensslCommand) -> None:
    """Run a command of the configuration. Raises CannotLoad."""
    name, value = shown(command.name), shown(command.value)
    begin = f'SSL_CONF_cmd("{name}", "{value}") failed'
    try:
        run_command(context, command.name, command.value)
    except NoSuchCommand:
        raise CannotLoad(f"{begin} (SSL: error:0A000182:SSL routines::unknown cmd name:cmd={name})") from None
    except BadValue:
        raise CannotLoad(f"{begin} (SSL: error:0A000180:SSL routines::bad value:cmd={name}, value={value})") from None
    except SSL.Error as error:
        raise CannotLoad(f"{begin} (SSL: {error_words(error)})") from None
