"""ssl_conf_command and its kin: commands of OpenSSL's SSL_CONF_cmd, as far as pyOpenSSL can do what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from OpenSSL import SSL

from . import openssl

_VERSIONS = {
    b"None": 0,
    b"TLSv1": SSL.TLS1_VERSION,
    b"TLSv1.1": SSL.TLS1_1_VERSION,
    b"TLSv1.2": SSL.TLS1_2_VERSION,
    b"TLSv1.3": SSL.TLS1_3_VERSION,
}
# What a word of `Options` sets.
_SETS = {
    b"emptyfragments": 0,
    b"bugs": SSL.OP_ALL,
    b"compression": 0,
    b"serverpreference": SSL.OP_CIPHER_SERVER_PREFERENCE,
    b"noresumptiononrenegotiation": 1 << 16,
    b"dhsingle": SSL.OP_SINGLE_DH_USE,
    b"ecdhsingle": SSL.OP_SINGLE_ECDH_USE,
    b"unsafelegacyrenegotiation": 1 << 18,
    b"unsafelegacyserverconnect": 1 << 2,
    b"encryptthenmac": 0,
    b"norenegotiation": SSL.OP_NO_RENEGOTIATION,
    b"allownodhekex": 1 << 10,
    b"prioritizechacha": 1 << 21,
    b"middleboxcompat": 1 << 20,
    b"antireplay": 0,
    b"extendedmastersecret": 0,
    b"canames": 0,
    b"ktls": 1 << 3,
    b"strictcertcheck": 0,
    b"sessionticket": 0,
}
# What it clears: `-SessionTicket` sets it.
_CLEARS = {
    b"sessionticket": SSL.OP_NO_TICKET,
    b"emptyfragments": 1 << 11,
    b"compression": SSL.OP_NO_COMPRESSION,
    b"encryptthenmac": 1 << 19,
    b"antireplay": 1 << 24,
    b"extendedmastersecret": 1 << 0,
    b"canames": 1 << 8,
}
_PROTOCOLS = {
    b"sslv2": 0,
    b"sslv3": SSL.OP_NO_SSLv3,
    b"tlsv1": SSL.OP_NO_TLSv1,
    b"tlsv1.1": SSL.OP_NO_TLSv1_1,
    b"tlsv1.2": SSL.OP_NO_TLSv1_2,
    b"tlsv1.3": SSL.OP_NO_TLSv1_3,
}
_ALL_PROTOCOLS = {**_PROTOCOLS, b"all": 0x1F << 25}


class NoSuchCommand(Exception):
    """OpenSSL has no command of this name."""


class BadValue(Exception):
    """The command does not take this value."""


def _version(value: bytes) -> int:
    if value not in _VERSIONS:
        raise BadValue
    return _VERSIONS[value]


def _check_options(_: SSL.Context, value: bytes) -> None:
    """`changed_options` has given them to the context."""
    if any(word not in _SETS for word, _ in _words(value)):
        raise BadValue


def _check_protocols(_: SSL.Context, value: bytes) -> None:
    if any(word not in _ALL_PROTOCOLS for word, _ in _words(value)):
        raise BadValue


def _set_groups(context: SSL.Context, value: bytes) -> None:
    if not openssl.set_curves(context, value):
        raise BadValue


def _set_one_group(context: SSL.Context, value: bytes) -> None:
    if value.lower() not in (b"auto", b"automatic", b"+automatic"):
        _set_groups(context, value)


def _set_signatures(context: SSL.Context, value: bytes) -> None:
    if not openssl.set_signature_algorithms(context, value):
        raise BadValue


_COMMANDS: Mapping[bytes, Callable[[SSL.Context, bytes], None]] = {
    b"ciphersuites": lambda context, value: context.set_tls13_ciphersuites(value),
    b"cipherstring": lambda context, value: context.set_cipher_list(value),
    b"minprotocol": lambda context, value: context.set_min_proto_version(_version(value)),
    b"maxprotocol": lambda context, value: context.set_max_proto_version(_version(value)),
    b"certificate": lambda context, value: context.use_certificate_chain_file(value),
    b"privatekey": lambda context, value: context.use_privatekey_file(value),
    b"verifycafile": lambda context, value: context.load_verify_locations(value),
    b"chaincafile": lambda context, value: context.load_verify_locations(value),
    b"verifycapath": lambda context, value: context.load_verify_locations(None, value),
    b"chaincapath": lambda context, value: context.load_verify_locations(None, value),
    b"clientcafile": lambda context, value: context.load_client_ca(value),
    b"requestcafile": lambda context, value: context.load_client_ca(value),
    b"dhparameters": lambda context, value: context.load_tmp_dh(value),
    b"options": _check_options,
    b"protocol": _check_protocols,
    b"curves": _set_groups,
    b"groups": _set_groups,
    b"ecdhparameters": _set_one_group,
    b"signaturealgorithms": _set_signatures,
}
_WITHOUT_EFFECT = frozenset((b"clientsignaturealgorithms", b"recordpadding", b"serverinfofile", b"verifymode", b"numtickets"))


def run_command(context: SSL.Context, name: bytes, value: bytes) -> None:
    """Run one command. Some that OpenSSL knows have no effect here. Raises NoSuchCommand, BadValue, SSL.Error."""
    command = _COMMANDS.get(name.lower())
    if command is not None:
        command(context, value)
    elif name.lower() not in _WITHOUT_EFFECT:
        raise NoSuchCommand


def changed_options(options: int, commands: Iterable[tuple[bytes, bytes]]) -> int:
    """The options of a context (SSL_OP_…) after commands, which are names and values. Words that make no sense change nothing."""
    for name, value in commands:
        for word, on in _words(value):
            if name.lower() == b"options":
                sets, clears = _SETS.get(word, 0), _CLEARS.get(word, 0)
            elif name.lower() == b"protocol":
                sets, clears = 0, _ALL_PROTOCOLS.get(word, 0)
            else:
                continue
            options = (options | sets) & ~clears if on else (options | clears) & ~sets
    return options


def _words(value: bytes) -> list[tuple[bytes, bool]]:
    """`a,-b`: the words in lower case, and whether each one is on."""
    words = [word.strip() for word in value.lower().split(b",")]
    return [(word.lstrip(b"+-"), not word.startswith(b"-")) for word in words if word]
