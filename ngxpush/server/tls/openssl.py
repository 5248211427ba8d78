"""What pyOpenSSL has of OpenSSL but does not offer. To get it, this module reaches into pyOpenSSL; no other one does."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import cache
from typing import Any

from OpenSSL import SSL, crypto

_lib: Any = SSL._lib  # type: ignore[attr-defined]
_ffi: Any = SSL._ffi  # type: ignore[attr-defined]

UNRECOGNIZED_NAME = 112
INTERNAL_ERROR = 80


@_ffi.callback("int (*)(int, X509_STORE_CTX *)")  # type: ignore[untyped-decorator]
def _go_on(good: int, chain: Any) -> int:
    """Leave what is wrong with a certificate to be looked at after the handshake: pyOpenSSL's own callback clears it."""
    return 1


def verify_later(verified: SSL.Context | SSL.Connection) -> None:
    """Ask the client for a certificate, and go on whatever it is: see `verify_result`."""
    if isinstance(verified, SSL.Context):
        _lib.SSL_CTX_set_verify(verified._context, SSL.VERIFY_PEER, _go_on)
    else:
        _lib.SSL_set_verify(verified._ssl, SSL.VERIFY_PEER, _go_on)


def verify_result(connection: SSL.Connection) -> int:
    """What is wrong with the certificate of the other side, X509_V_…; also of a session that is resumed."""
    return int(_lib.SSL_get_verify_result(connection._ssl))


def session_reused(connection: SSL.Connection) -> bool:
    return bool(_lib.SSL_session_reused(connection._ssl))


def session_bytes(connection: SSL.Connection) -> bytes:
    """The session as OpenSSL writes it (ASN.1); b"" without one."""
    session = _lib.SSL_get_session(connection._ssl)
    if session == _ffi.NULL:
        return b""
    size = _lib.i2d_SSL_SESSION(session, _ffi.NULL)
    written = _ffi.new("unsigned char[]", size)
    _lib.i2d_SSL_SESSION(session, _ffi.new("unsigned char **", written))
    return bytes(_ffi.buffer(written, size))


def set_curves(context: SSL.Context, names: bytes) -> bool:
    """Choose the curves of the key exchange; False if OpenSSL does not know one of them."""
    good = bool(_lib.SSL_CTX_set1_curves_list(context._context, names))
    _lib.ERR_clear_error()
    return good


def choose_by_name(context: SSL.Context, choose: Callable[[SSL.Connection], int]) -> None:
    """Have `choose` called in each handshake, when the client's server name is known: 0 to go on, or the alert to end with."""

    def chosen(ssl: Any, alert: Any, _: Any) -> int:
        code = choose(SSL.Connection._reverse_mapping[ssl])
        if code:
            alert[0] = code
            return int(_lib.SSL_TLSEXT_ERR_ALERT_FATAL)
        return int(_lib.SSL_TLSEXT_ERR_OK)

    callback = _ffi.callback("int (*)(SSL *, int *, void *)", chosen, error=_lib.SSL_TLSEXT_ERR_ALERT_FATAL)
    context._tlsext_servername_callback = callback  # lives as long as the context
    _lib.SSL_CTX_set_tlsext_servername_callback(context._context, callback)


# Of a code (ERR_PACK): the bits of its library begin here.
_LIBRARY = 23
_MOST_LIBRARIES = 128
_MOST_REASONS = 1200
# The flags of a reason that every library has (ERR_R_…).
_COMMON = 1 << 19


def error_code(library: str, reason: str) -> int:
    """The code of an error that pyOpenSSL has in words. A reason that OpenSSL does not know has the number 0."""
    number = _libraries().get(library, 0) << _LIBRARY
    return number | _reasons(number).get(reason, 0)


@cache
def _libraries() -> dict[str, int]:
    names = ((number, _lib.ERR_lib_error_string(number << _LIBRARY)) for number in range(1, _MOST_LIBRARIES))
    return {_ffi.string(name).decode(): number for number, name in names if name != _ffi.NULL}


@cache
def _reasons(library: int) -> dict[str, int]:
    """The reasons of a library, given as the code that it has without a reason."""
    SSL.Context(SSL.TLS_METHOD)  # loads the words of its library
    numbers = [*range(_COMMON | 256, _COMMON | 512), *range(1, _MOST_REASONS)]
    names = ((number, _lib.ERR_reason_error_string(library | number)) for number in numbers)
    return {_ffi.string(name).decode(): number for number, name in names if name != _ffi.NULL}


def cipher_name(connection: SSL.Connection, code: bytes) -> bytes | None:
    """OpenSSL's name of a cipher; None for one it does not know. code: its two bytes."""
    cipher = _lib.SSL_CIPHER_find(connection._ssl, code)
    return None if cipher == _ffi.NULL else bytes(_ffi.string(_lib.SSL_CIPHER_get_name(cipher)))


def set_signature_algorithms(context: SSL.Context, names: bytes) -> bool:
    """Choose the algorithms of signatures; False if OpenSSL does not know one of them."""
    good = bool(_lib.SSL_CTX_set1_sigalgs_list(context._context, names))
    _lib.ERR_clear_error()
    return good


def one_line(certificate: crypto.X509, of_issuer: bool) -> bytes:
    """The name of the subject, or of the issuer: `/O=Example/CN=leaf`."""
    written = _lib.X509_NAME_oneline(_name(certificate, of_issuer), _ffi.NULL, 0)
    try:
        return bytes(_ffi.string(written))
    finally:
        _lib.OPENSSL_free(written)


def short_names(certificate: crypto.X509, of_issuer: bool) -> list[bytes]:
    """What the parts of a name are called: `O`, `CN`; `UNDEF` for what has no name."""
    name = _name(certificate, of_issuer)
    entries = [_lib.X509_NAME_get_entry(name, index) for index in range(_lib.X509_NAME_entry_count(name))]
    numbers = [_lib.OBJ_obj2nid(_lib.X509_NAME_ENTRY_get_object(entry)) for entry in entries]
    return [bytes(_ffi.string(_lib.OBJ_nid2sn(number))) for number in numbers]


def _name(certificate: crypto.X509, of_issuer: bool) -> Any:
    return (_lib.X509_get_issuer_name if of_issuer else _lib.X509_get_subject_name)(certificate._x509)


class EarlyData(enum.Enum):
    """What comes before the handshake has ended. MORE: some, and perhaps more.  END: nothing, from now on."""

    MORE = 1
    END = 2


_FINISHED = b"SSL negotiation finished successfully"


def take_early_data(context: SSL.Context, size: int) -> None:
    """Accept so many bytes of early data from clients that resume a session."""
    _lib.SSL_CTX_set_max_early_data(context._context, size)


def read_early_data(connection: SSL.Connection, size: int) -> tuple[EarlyData, bytes]:
    """Go on with the handshake until early data comes, or none can come any more. Raises SSL.Error."""
    into, count = _ffi.new("unsigned char[]", size), _ffi.new("size_t *")
    result = _lib.SSL_read_early_data(connection._ssl, into, size, count)
    if result == 0:
        connection._raise_ssl_error(connection._ssl, 0)
    return EarlyData(result), bytes(_ffi.buffer(into, count[0]))


def write_early_data(connection: SSL.Connection, data: bytes | memoryview) -> None:
    """Answer before the handshake has ended. Raises SSL.Error."""
    if not _lib.SSL_write_early_data(connection._ssl, _ffi.from_buffer(data), len(data), _ffi.new("size_t *")):
        connection._raise_ssl_error(connection._ssl, 0)


def is_finished(connection: SSL.Connection) -> bool:
    """Whether the handshake is over on both sides."""
    return connection.get_state_string() == _FINISHED
