"""Where channels are: the URLs of `--channels`.

    redis://[[USER]:PASSWORD@]HOST[:6379][/DB]
    unix://[[USER]:PASSWORD@]/PATH/OF/SOCKET[?db=DB]
    redis+sentinel://[[USER]:PASSWORD@]HOST[:26379],…/NAME[/DB]     NAME: of the master, as the Sentinels know it
    redis+cluster://[[USER]:PASSWORD@]HOST[:6379],…

`rediss` in place of `redis` is TLS, and `valkey` and `valkeys` are the same two.  The options after `?` have the names that the
`redis` package has for them.  What is said of a URL, also when it is wrong, never has a part that may be secret.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from msgspec import Struct


class BadUrl(ValueError):
    """What is wrong with a URL, as a sentence without its secrets."""


class ChannelsUnreachable(ConnectionError):
    """Nothing answers at a URL as Redis would. The text is a sentence for whoever starts the server."""


class RedisKind(enum.Enum):
    """What a URL leads to."""

    TCP = "a server"
    UNIX = "a server's unix socket"
    SENTINEL = "Sentinels, which know the server"
    CLUSTER = "a Cluster"


class RedisAddress(Struct, frozen=True):
    """host: a name, or an address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Account(Struct, frozen=True):
    """Who logs in, if one has to. user: None for the default one."""

    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return "Account()" if self == NO_ACCOUNT else "Account(***)"


NO_ACCOUNT = Account()


class RedisTls(Struct, frozen=True):
    """How a server shows who it is, and who connects. Names of PEM files; None: the system's authorities, no client certificate.

    verify: whether the server's certificate has to be a trusted one.  verify_name: whether it has to be for the server's name.
    """

    authorities: str | None = None
    certificate: str | None = None
    key: str | None = None
    verify: bool = True
    verify_name: bool = True


class ChannelsUrl(Struct, frozen=True):
    """Where channels are. `str` and `repr` of it are without secrets.

    addresses: of the server, of Sentinels, or of nodes of a Cluster, one at least; none for a unix socket.
    path: of a unix socket, else "".  master: what Sentinels call the server, else "".
    sentinel_account: where Sentinels want another one than the server; they get no account otherwise.
    tls: None: without.
    """

    kind: RedisKind
    addresses: tuple[RedisAddress, ...] = ()
    path: str = ""
    master: str = ""
    db: int = 0
    account: Account = NO_ACCOUNT
    sentinel_account: Account = NO_ACCOUNT
    tls: RedisTls | None = None

    def __str__(self) -> str:
        account = "" if self.account == NO_ACCOUNT else "***@"
        if self.kind is RedisKind.UNIX:
            return f"unix://{account}{self.path}" + (f"?db={self.db}" if self.db else "")
        scheme = ("redis" if self.tls is None else "rediss") + _SUFFIXES[self.kind]
        path = [part for part in (self.master, str(self.db) if self.db else "") if part]
        return "/".join([f"{scheme}://{account}{','.join(map(str, self.addresses))}", *path])


_SUFFIXES = {RedisKind.TCP: "", RedisKind.SENTINEL: "+sentinel", RedisKind.CLUSTER: "+cluster"}
_TLS_BY_SERVER = {"redis": False, "rediss": True, "valkey": False, "valkeys": True}
_SCHEMES = {
    "unix": (RedisKind.UNIX, False),
    **{server + suffix: (kind, tls) for server, tls in _TLS_BY_SERVER.items() for kind, suffix in _SUFFIXES.items()},
}
_PORTS = {RedisKind.TCP: 6379, RedisKind.SENTINEL: 26379, RedisKind.CLUSTER: 6379}
_OPTIONS = {RedisKind.UNIX: ("db",), RedisKind.SENTINEL: ("sentinel_username", "sentinel_password")}
_TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")


def read(text: str) -> ChannelsUrl:
    """The place that a URL names. Raises BadUrl."""
    scheme, separator, rest = text.partition("://")
    kind, with_tls = _SCHEMES.get(scheme, (None, False))
    if not separator or kind is None:
        raise BadUrl("it has to begin with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
    before, _, query = rest.partition("?")
    server, slash, path = before.partition("/")
    if "@" in path or "@" in query or "#" in rest:  # a part of a password may be anywhere now: no other error may show it
        raise BadUrl('"/", "?", "#" and "@" in a password or a path have to be written as %2F, %3F, %23 and %40')
    account, _, hosts = server.rpartition("@")
    options = _options(query, (*_OPTIONS.get(kind, ()), *(_TLS_OPTIONS if with_tls else ())))
    path, master, db = _path(kind, hosts, slash + path, options.get("db", ""))
    return ChannelsUrl(
        kind,
        () if kind is RedisKind.UNIX else _addresses(hosts, _PORTS[kind]),
        path,
        master,
        db,
        _account(account),
        _made_account(options.get("sentinel_username", ""), options.get("sentinel_password", "")),
        _tls(options) if with_tls else None,
    )


def _account(text: str) -> Account:
    user, _, password = text.partition(":")
    return _made_account(unquote(user), unquote(password))


def _made_account(user: str, password: str) -> Account:
    if user and not password:
        raise BadUrl("there is a user without a password (a password alone is written :PASSWORD@)")
    return Account(user or None, password or None)


def _addresses(hosts: str, default_port: int) -> tuple[RedisAddress, ...]:
    return tuple(_address(host, default_port) for host in hosts.split(","))


def _address(text: str, default_port: int) -> RedisAddress:
    host, separator, port = text.rpartition(":")
    if not separator or text.endswith("]"):
        host, port = text, str(default_port)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise BadUrl(f'an IPv6 address has to stand in brackets: "{text}"')
    if not host:
        raise BadUrl("a host is missing")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadUrl(f'"{text}" has no valid port')
    return RedisAddress(host, int(port))


def _path(kind: RedisKind, hosts: str, path: str, db: str) -> tuple[str, str, int]:
    """The path of a socket, the name of a master, and the number of a database."""
    if kind is RedisKind.UNIX:
        if hosts or not path.strip("/"):
            raise BadUrl("the path of a unix socket has to be a full one, as in unix:///run/redis/redis.sock")
        return unquote(path), "", _db(db)
    words = [unquote(word) for word in path.strip("/").split("/")] if path.strip("/") else []
    master = ""
    if kind is RedisKind.SENTINEL:
        if not words:
            raise BadUrl("the name of the master is missing, as in redis+sentinel://host:26379/mymaster")
        master = words.pop(0)
    if kind is RedisKind.CLUSTER and words:
        raise BadUrl("a Cluster has only one database: nothing can stand after its hosts")
    if len(words) > 1:
        raise BadUrl("there is more after the number of the database")
    return "", master, _db(words[0] if words else "")


def _db(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise BadUrl("the number of the database is no number")
    return int(text or "0")


def _options(query: str, known: tuple[str, ...]) -> Mapping[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            what = f"those here are {', '.join(known)}" if known else "there are none here"
            raise BadUrl(f'there is no option "{name}"; {what}')
        if name in options:
            raise BadUrl(f'the option "{name}" comes twice')
        options[name] = value
    return options


def _tls(options: Mapping[str, str]) -> RedisTls:
    certificate, key = options.get("ssl_certfile"), options.get("ssl_keyfile")
    if key and not certificate:
        raise BadUrl("ssl_keyfile is the key of ssl_certfile, which is missing")
    return RedisTls(
        options.get("ssl_ca_certs"),
        certificate,
        key,
        _choice(options, "ssl_cert_reqs", {"required": True, "none": False}),
        _choice(options, "ssl_check_hostname", {"true": True, "false": False}),
    )


def _choice(options: Mapping[str, str], name: str, meanings: Mapping[str, bool]) -> bool:
    """What an option means; without it, what its first word means."""
    word = options.get(name, next(iter(meanings)))
    if word not in meanings:
        raise BadUrl(f"{name} is {' or '.join(meanings)}")
    return meanings[word]
