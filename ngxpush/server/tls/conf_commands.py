"""ssl_conf_command and its kin: commands of OpenSSL's SSL_CONF_cmd, as far as pyOpenSSL can do what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from OpenSSL import SSL

_VERSIONS = {
    b"None": 0,
    b"TLSv1": SSL.TLS1_VERSION,
    b"TLSv1.1": SSL.TLS1_1_VERSION,
    b"TLSv1.2": SSL.TLS1_2_VERSION,
    b"TLSv1.3": SSL.TLS1_3_VERSION,
}


class NoSuchCommand(Exception):
    """OpenSSL has no command of this name."""


class BadValue(Exception):
    """The command does not take this value."""


def _version(value: bytes) -> int:
    if value not in _VERSIONS:
        raise BadValue
    return _VERSIONS[value]


_COMMANDS: Mapping[bytes, Callable[[SSL.Context, bytes], None]] = {
    b"ciphersuites": lambda context, value: context.set_tls13_ciphersuites(value),
    b"cipherstring": lambda context, value: context.set_cipher_list(value),
    b"minprotocol": lambda context, value: context.set_min_proto_version(_version(value)),
    b"maxprotocol": lambda context, value: context.set_max_proto_version(_version(value)),
    b"certificate": lambda context, value: context.use_certificate_chain_file(value),
    b"privatekey": lambda context, value: context.use_privatekey_file(value),
    b"verifycafile": lambda context, value: context.load_verify_locations(value),
    b"chaincafile": lambda context, value: context.load_verify_locations(value),
}
_WITHOUT_EFFECT = frozenset(
    (
        *(b"options", b"curves", b"groups", b"ecdhparameters", b"signaturealgorithms", b"clientsignaturealgorithms"),
        *(b"dhparameters", b"recordpadding", b"serverinfofile", b"verifymode", b"protocol", b"numtickets"),
    )
)


def run_command(context: SSL.Context, name: bytes, value: bytes) -> None:
    """Run one command. Some that OpenSSL knows have no effect here. Raises NoSuchCommand, BadValue, SSL.Error."""
    command = _COMMANDS.get(name.lower())
    if command is not None:
        command(context, value)
    elif name.lower() not in _WITHOUT_EFFECT:
        raise NoSuchCommand
