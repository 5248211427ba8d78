"""The stream modules: raw TCP and UDP beside HTTP. Their directives are checked; nothing is served of them.

The directives that http and stream have in common keep their slots here; only their contexts differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..addresses import InvalidAddress, parse_address
from ..analysis import Scope
from ..http_block import HttpBlock
from ..logs import ErrorLogSlot
from ..slots import Complex, ComplexSize, Flag, KeyValue, NoValue, String, Strings, milliseconds, number, size
from ..text import shown
from ..words import Refused, Words
from . import access, geo, limit_conn, log, map, realip, split_clients, ssl, upstream
from .gateway import PROTOCOLS, choices
from .gateway_slots import Bind, Pass, PasswordFile
from .rows import rows_of
from .table import ANY, NONE, Arguments, Block, Context, Directive, Module, unsupported

_NOT_HERE = unsupported("ngxpush serves HTTP only: the ports of stream are not opened.")
_BOTH = Context.STREAM | Context.STREAM_SERVER
_FLAGS = (b"udp", b"bind", b"ssl", b"reuseport", b"proxy_protocol", b"deferred")
_OPTIONS = (b"backlog=", b"rcvbuf=", b"sndbuf=", b"fastopen=", b"ipv6only=", b"so_keepalive=")
_HANDLERS = ("return", "proxy_pass")


class Stream:
    """The stream block itself: what its directives declare to each other."""

    description = "no argument"

    def parse(self, words: Words) -> HttpBlock:
        return HttpBlock()


class Listen:
    """An address and its parameters: the address as written and whether it is UDP."""

    description = "address and parameters"

    def parse(self, words: Words) -> tuple[bytes, bool, bool]:
        text, *parameters = words.arguments
        try:
            parse_address(text, listen=True)
        except InvalidAddress as error:
            raise Refused(f'{error} in "{shown(text)}" of the "listen" directive') from None
        for parameter in parameters:
            if parameter not in _FLAGS and not parameter.startswith(_OPTIONS):
                raise Refused(f'the invalid "{shown(parameter)}" parameter')
        value = text, b"udp" in parameters, b"ssl" in parameters
        stream = words.scope.enclosing(Context.STREAM)
        for server in stream.scopes:
            if any(setting.value is not None and setting.value[:2] == value[:2] for setting in server.all("listen")):
                raise Refused(f'duplicate "{shown(text)}" address and port pair')
        return value


class SetVariable:
    """`$variable value`."""

    description = "variable and complex value"

    def parse(self, words: Words) -> bytes:
        name = words.variable_name(words.arguments[0])
        words.define(name)
        words.complex_value(words.arguments[1])
        return name


def _close_server(words: Words, server: Scope) -> None:
    if server.lacks("listen"):
        raise Refused('no "listen" is defined for server')


def _close(words: Words, stream: Scope) -> None:
    """What nginx checks of the whole block: hosts, handlers, variables."""
    upstream.check(words, stream)
    for server in stream.scopes:
        judged = server.context is Context.STREAM_SERVER and not server.uncertain
        if judged and server.statement is not None and not any(server.own(name) for name in _HANDLERS):
            words.analyzer.report("emerg", "no handler for server", server.statement.end, True)
    for name in words.analyzer.unknown_variables():
        words.report("emerg", f'unknown "{shown(name)}" variable', fatal=True, placed=False)


def _shared(modules: Iterable[Module], contexts: dict[str, Context]) -> tuple[Directive, ...]:
    """The rows of http's modules that stream has, too, with their contexts there."""
    rows = [row for module in modules for row in module.directives if row.name in contexts]
    return tuple(
        replace(row, module="stream_" + row.module, contexts=contexts[row.name], field=None, emulation=_NOT_HERE) for row in rows
    )


_row = rows_of("stream_core", contexts=_BOTH, emulation=_NOT_HERE)
_proxy = rows_of("stream_proxy", contexts=_BOTH, emulation=_NOT_HERE)
_ssl_names = {row.name: _BOTH for row in ssl.MODULES[0].directives if row.name.startswith("ssl_")}
_SSL_OF_HTTP = ("ssl_buffer_size", "ssl_early_data", "ssl_reject_handshake")
_SSL = {
    name: contexts
    for name, contexts in _ssl_names.items()
    if name not in _SSL_OF_HTTP and not name.startswith(("ssl_ocsp", "ssl_stapling"))
}
_GROUP = Context.STREAM_UPSTREAM

_CORE = (
    _row(
        "stream",
        Stream(),
        "Everything about raw TCP and UDP.",
        NONE,
        contexts=Context.MAIN,
        block=Block.DIRECTIVES,
        opens=Context.STREAM,
        close=_close,
    ),
    _row(
        "server",
        NoValue(),
        "A server.",
        NONE,
        contexts=Context.STREAM,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.STREAM_SERVER,
        close=_close_server,
    ),
    _row("listen", Listen(), "An address and port of the server.", ANY, contexts=Context.STREAM_SERVER, once=False),
    _row("preread_buffer_size", size(), "The size of the buffer for the first bytes."),
    _row("preread_timeout", milliseconds(), "How long the first bytes are waited for."),
    _row("proxy_protocol_timeout", milliseconds(), "How long the PROXY header is waited for."),
    _row("tcp_nodelay", Flag(), "Whether small packets are sent at once."),
    _row("error_log", ErrorLogSlot(), "Where errors are written.", ANY, once=False),
    _row("resolver", Strings(), "The name servers asked.", ANY),
    _row("resolver_timeout", milliseconds(), "How long names are resolved."),
    _row("variables_hash_max_size", number(), "The size of a table of variables.", contexts=Context.STREAM),
    _row("variables_hash_bucket_size", number(), "The size of a bucket of that table.", contexts=Context.STREAM),
    _row("return", Complex(), "A text sent before the connection is closed.", contexts=Context.STREAM_SERVER),
    _row("set", SetVariable(), "Sets a variable.", Arguments(2, 2), contexts=Context.STREAM_SERVER, once=False),
    _row("ssl_preread", Flag(), "Whether the client's TLS greeting is read."),
    _row("ssl_handshake_timeout", milliseconds(), "How long a TLS handshake may take."),
    _row("ssl_alpn", Strings(), "The protocols offered by ALPN.", ANY),
)

_PROXY = (
    _proxy("proxy_pass", Pass({}), "Where connections are passed on to.", contexts=Context.STREAM_SERVER),
    _proxy("proxy_bind", Bind(), "The address connections are made from.", Arguments(1, 2)),
    _proxy("proxy_socket_keepalive", Flag(), "Whether TCP keepalive is on."),
    _proxy("proxy_connect_timeout", milliseconds(), "How long connecting may take."),
    _proxy("proxy_timeout", milliseconds(), "How long a connection may be silent."),
    _proxy("proxy_buffer_size", size(), "The size of the buffers."),
    _proxy("proxy_downstream_buffer", size(), "Its older name.", field="proxy_buffer_size"),
    _proxy("proxy_upstream_buffer", size(), "Its older name.", field="proxy_buffer_size"),
    _proxy("proxy_upload_rate", ComplexSize(), "The bytes a second read from the client."),
    _proxy("proxy_download_rate", ComplexSize(), "The bytes a second read from the upstream."),
    _proxy("proxy_requests", number(), "How many datagrams a session has from the client."),
    _proxy("proxy_responses", number(), "How many datagrams a session has from the upstream."),
    _proxy("proxy_next_upstream", Flag(), "Whether the next server is tried."),
    _proxy("proxy_next_upstream_tries", number(), "How many servers are tried."),
    _proxy("proxy_next_upstream_timeout", milliseconds(), "How long servers are tried."),
    _proxy("proxy_protocol", Flag(), "Whether a PROXY header is sent."),
    _proxy("proxy_half_close", Flag(), "Whether each direction is closed by itself."),
    _proxy("proxy_ssl", Flag(), "Whether the upstream is reached by TLS."),
    _proxy("proxy_ssl_session_reuse", Flag(), "Whether TLS sessions are used again."),
    _proxy("proxy_ssl_protocols", choices(PROTOCOLS), "The TLS versions used.", ANY, once=False),
    _proxy("proxy_ssl_ciphers", String(), "The ciphers used."),
    _proxy("proxy_ssl_name", Complex(), "The name the certificate must have."),
    _proxy("proxy_ssl_server_name", Flag(), "Whether the name is told to the upstream."),
    _proxy("proxy_ssl_verify", Flag(), "Whether the certificate is verified."),
    _proxy("proxy_ssl_verify_depth", number(), "How long the chain of certificates may be."),
    _proxy("proxy_ssl_trusted_certificate", String(), "The certificates trusted."),
    _proxy("proxy_ssl_crl", String(), "The certificates revoked."),
    _proxy("proxy_ssl_certificate", Complex(), "The certificate shown."),
    _proxy("proxy_ssl_certificate_key", Complex(), "Its key."),
    _proxy("proxy_ssl_password_file", PasswordFile(), "Passwords of that key."),
    _proxy("proxy_ssl_conf_command", KeyValue(), "A command of OpenSSL's configuration.", Arguments(2, 2), once=False),
)

_UPSTREAM = tuple(
    replace(row, opens=_GROUP) if row.opens is not None else row
    for row in _shared(
        upstream.MODULES,
        {
            "upstream": Context.STREAM,
            "server": _GROUP,
            "hash": _GROUP,
            "least_conn": _GROUP,
            "random": _GROUP,
            "zone": _GROUP,
        },
    )
)

_OTHERS = _shared(
    (*map.MODULES, *geo.MODULES, *split_clients.MODULES, *log.MODULES, *access.MODULES, *realip.MODULES, *limit_conn.MODULES),
    {
        "map": Context.STREAM,
        "map_hash_max_size": Context.STREAM,
        "map_hash_bucket_size": Context.STREAM,
        "geo": Context.STREAM,
        "split_clients": Context.STREAM,
        "log_format": Context.STREAM,
        "access_log": _BOTH,
        "open_log_file_cache": _BOTH,
        "allow": _BOTH,
        "deny": _BOTH,
        "set_real_ip_from": _BOTH,
        "limit_conn": _BOTH,
        "limit_conn_zone": Context.STREAM,
        "limit_conn_dry_run": _BOTH,
        "limit_conn_log_level": _BOTH,
    },
)

MODULES = (Module("stream", (*_CORE, *_PROXY, *_UPSTREAM, *_OTHERS, *_shared(ssl.MODULES, _SSL))),)
