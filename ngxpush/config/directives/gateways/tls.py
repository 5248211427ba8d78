"""How a gateway's location speaks TLS to its servers: what its `…_ssl_…` directives amount to."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import DirectiveUse
from ...path_map import PathMap


class OpensslCommand(Struct, frozen=True):
    """A configuration command of OpenSSL, as written. value: a file's path is full."""

    name: bytes
    value: bytes


class UpstreamTls(Struct, frozen=True):
    """What connections to the servers of a location have in common. Equal values may share a context of OpenSSL.

    protocols: in lower case.  files: full paths; empty without one. A certificate or key can also be `data:` and its text.
    passwords: for the key, in the order in which they are tried.
    alpn: the names of protocols that are offered, the first preferred.
    """

    protocols: frozenset[str] = frozenset({"tlsv1", "tlsv1.1", "tlsv1.2"})
    ciphers: bytes = b"DEFAULT"
    verify: bool = False
    verify_depth: int = 1
    trusted_certificate: bytes = b""
    crl: bytes = b""
    certificate: bytes = b""
    certificate_key: bytes = b""
    passwords: tuple[bytes, ...] = ()
    conf_commands: tuple[OpensslCommand, ...] = ()
    alpn: tuple[bytes, ...] = ()

    @property
    def may_be_wrong(self) -> bool:
        """Whether OpenSSL may refuse something in it: a file, the ciphers, a command."""
        trusted = self.verify and (self.trusted_certificate or self.crl)
        return bool(trusted or self.certificate or self.conf_commands or self.ciphers != b"DEFAULT")


class CredentialFile(Struct, frozen=True):
    """A certificate or key: its path, which may have variables, and the directory from which a relative one starts.

    paths: where it is on this machine.
    """

    path: ComplexValue
    directory: bytes
    paths: PathMap

    @property
    def constant(self) -> bytes:
        """The full path; empty for one with variables."""
        path = self.path.constant
        return b"" if path is None else self.full(path)

    def full(self, path: bytes) -> bytes:
        """A path, once it is evaluated, in full. `data:…` and `engine:…` stay as they are."""
        if path.startswith((b"data:", b"engine:")):
            return path
        return self.paths.here(path if path.startswith(b"/") else self.directory + path)


class CredentialFileSlot:
    """A path with variables, relative to the main file's directory."""

    description = "path (complex value)"

    def parse(self, use: DirectiveUse) -> CredentialFile:
        return CredentialFile(use.complex_value(use.arguments[0]), use.cycle.configuration_prefix, use.cycle.system.paths)


class OptionalPath:
    """The full path of a file, relative to the main file's directory; empty where none is named."""

    description = "path"

    def parse(self, use: DirectiveUse) -> bytes:
        return use.path(use.arguments[0], configuration_prefix=True) if use.arguments[0] else b""


# The commands of OpenSSL whose value is the path of a file.
_FILES_OF_COMMANDS = frozenset(
    (
        b"certificate",
        b"privatekey",
        b"serverinfofile",
        b"chaincafile",
        b"verifycafile",
        b"clientcafile",
        b"requestcafile",
        b"dhparameters",
    )
)


class ConfCommand:
    """A configuration command of OpenSSL and its value. A file's path is relative to the main file's directory."""

    description = "key and value"

    def parse(self, use: DirectiveUse) -> OpensslCommand:
        name, value = use.arguments
        if name.lower() in _FILES_OF_COMMANDS:
            value = use.path(value, configuration_prefix=True)
        return OpensslCommand(name, value)
