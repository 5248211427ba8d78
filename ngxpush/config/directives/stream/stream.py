"""The stream modules: raw TCP and UDP beside HTTP. Their directives are checked; nothing is served of them.

The directives that http and stream have in common keep their slots here; only their contexts differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...addresses import InvalidAddress, parse_address
from ...columns import ANY, NONE, Arguments, Block, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock
from ...logs import ErrorLogSlot
from ...module import Module
from ...places import Context
from ...slots import Complex, ComplexSize, Flag, KeyValue, NoValue, String, Strings, milliseconds, number, size
from ...text import shown
from ...variables import STREAM_VARIABLES, Variables
from ..access import access, limit_conn, realip
from ..gateways.rows import PROTOCOLS, choices
from ..gateways.slots import Bind, Pass, PasswordFile
from ..http import log, ssl
from ..upstream import balancing, upstream, zone
from ..variables import geo, map, split_clients

_NOT_HERE = unsupported("ngxpush serves HTTP only: the ports of stream are not opened.")
_BOTH = Context.STREAM | Context.STREAM_SERVER
_FLAGS = (b"udp", b"bind", b"ssl", b"reuseport", b"proxy_protocol", b"deferred")
_OPTIONS = (b"backlog=", b"rcvbuf=", b"sndbuf=", b"fastopen=", b"ipv6only=", b"so_keepalive=")
_HANDLERS = ("return", "proxy_pass")


class StreamSlot:
    """The stream block itself: what its directives declare to each other."""

    description = "no argument"

    def parse(self, use: DirectiveUse) -> HttpBlock:
        use.cycle.variables = Variables(STREAM_VARIABLES)
        return HttpBlock()


class StreamListenSlot:
    """An address and its parameters: the address as written and whether it is UDP."""

    description = "address and parameters"

    def parse(self, use: DirectiveUse) -> tuple[bytes, bool, bool]:
        text, *parameters = use.arguments
        try:
            parse_address(text, listen=True)
        except InvalidAddress as error:
            raise RefusedDirective(f'{error} in "{shown(text)}" of the "listen" directive') from None
        for parameter in parameters:
            if parameter not in _FLAGS and not parameter.startswith(_OPTIONS):
                raise RefusedDirective(f'the invalid "{shown(parameter)}" parameter')
        value = text, b"udp" in parameters, b"ssl" in parameters
        stream = use.scope.enclosing(Context.STREAM)
        for server in stream.scopes:
            if any(setting.value is not None and setting.value[:2] == value[:2] for setting in server.all("listen")):
                raise RefusedDirective(f'duplicate "{shown(text)}" address and port pair')
        return value


class StreamSetSlot:
    """`$variable value`."""

    description = "variable and complex value"

    def parse(self, use: DirectiveUse) -> bytes:
        name = use.variable_name(use.arguments[0])
        use.define(name)
        use.complex_value(use.arguments[1])
        return name


def _close_server(use: DirectiveUse, server: Scope) -> None:
    if server.lacks("listen"):
        raise RefusedDirective('no "listen" is defined for server')


def _close(use: DirectiveUse, stream: Scope) -> None:
    """What nginx checks of the whole block: hosts, handlers, variables."""
    upstream.check(use, stream)
    for server in stream.scopes:
        judged = server.context is Context.STREAM_SERVER and not server.uncertain
        if judged and server.statement is not None and not any(server.own(name) for name in _HANDLERS):
            use.report_at("no handler for server", server.statement.end)
    for name in use.cycle.unknown_variables():
        use.report("emerg", f'unknown "{shown(name)}" variable', fatal=True, placed=False)


def _shared(modules: Iterable[Module], contexts: dict[str, Context]) -> tuple[Directive, ...]:
    """The rows of http's modules that stream has, too, with their contexts there."""
    rows = [row for module in modules for row in module.directives if row.name in contexts]
    return tuple(
        [replace(row, contexts=contexts[row.name], field=None, settings=None, default=None, emulation=_NOT_HERE) for row in rows]
    )


_ssl_names = {row.name: _BOTH for row in ssl.MODULE.directives if row.name.startswith("ssl_")}
_SSL_OF_HTTP = ("ssl_buffer_size", "ssl_early_data", "ssl_reject_handshake")
_SSL = {
    name: contexts
    for name, contexts in _ssl_names.items()
    if name not in _SSL_OF_HTTP and not name.startswith(("ssl_ocsp", "ssl_stapling"))
}
_GROUP = Context.STREAM_UPSTREAM

_CORE = (
    Directive(
        "stream",
        Context.MAIN,
        StreamSlot(),
        "Everything about raw TCP and UDP.",
        NONE,
        block=Block.DIRECTIVES,
        opens=Context.STREAM,
        close=_close,
    ),
    Directive(
        "server",
        Context.STREAM,
        NoValue(),
        "A server.",
        NONE,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.STREAM_SERVER,
        close=_close_server,
    ),
    Directive("listen", Context.STREAM_SERVER, StreamListenSlot(), "An address and port of the server.", ANY, once=False),
    Directive("preread_buffer_size", _BOTH, size(), "The size of the buffer for the first bytes."),
    Directive("preread_timeout", _BOTH, milliseconds(), "How long the first bytes are waited for."),
    Directive("proxy_protocol_timeout", _BOTH, milliseconds(), "How long the PROXY header is waited for."),
    Directive("tcp_nodelay", _BOTH, Flag(), "Whether small packets are sent at once."),
    Directive("error_log", _BOTH, ErrorLogSlot(), "Where errors are written.", ANY, once=False),
    Directive("resolver", _BOTH, Strings(), "The name servers asked.", ANY),
    Directive("resolver_timeout", _BOTH, milliseconds(), "How long names are resolved."),
    Directive("variables_hash_max_size", Context.STREAM, number(), "The size of a table of variables."),
    Directive("variables_hash_bucket_size", Context.STREAM, number(), "The size of a bucket of that table."),
    Directive("return", Context.STREAM_SERVER, Complex(), "A text sent before the connection is closed."),
    Directive("set", Context.STREAM_SERVER, StreamSetSlot(), "Sets a variable.", Arguments(2, 2), once=False),
    Directive("ssl_preread", _BOTH, Flag(), "Whether the client's TLS greeting is read."),
    Directive("ssl_handshake_timeout", _BOTH, milliseconds(), "How long a TLS handshake may take."),
    Directive("ssl_alpn", _BOTH, Strings(), "The protocols offered by ALPN.", ANY),
)

_PROXY = (
    Directive("proxy_pass", Context.STREAM_SERVER, Pass({}), "Where connections are passed on to."),
    Directive("proxy_bind", _BOTH, Bind(), "The address connections are made from.", Arguments(1, 2)),
    Directive("proxy_socket_keepalive", _BOTH, Flag(), "Whether TCP keepalive is on."),
    Directive("proxy_connect_timeout", _BOTH, milliseconds(), "How long connecting may take."),
    Directive("proxy_timeout", _BOTH, milliseconds(), "How long a connection may be silent."),
    Directive("proxy_buffer_size", _BOTH, size(), "The size of the buffers."),
    Directive("proxy_downstream_buffer", _BOTH, size(), "Its older name."),
    Directive("proxy_upstream_buffer", _BOTH, size(), "Its older name."),
    Directive("proxy_upload_rate", _BOTH, ComplexSize(), "The bytes a second read from the client."),
    Directive("proxy_download_rate", _BOTH, ComplexSize(), "The bytes a second read from the upstream."),
    Directive("proxy_requests", _BOTH, number(), "How many datagrams a session has from the client."),
    Directive("proxy_responses", _BOTH, number(), "How many datagrams a session has from the upstream."),
    Directive("proxy_next_upstream", _BOTH, Flag(), "Whether the next server is tried."),
    Directive("proxy_next_upstream_tries", _BOTH, number(), "How many servers are tried."),
    Directive("proxy_next_upstream_timeout", _BOTH, milliseconds(), "How long servers are tried."),
    Directive("proxy_protocol", _BOTH, Flag(), "Whether a PROXY header is sent."),
    Directive("proxy_half_close", _BOTH, Flag(), "Whether each direction is closed by itself."),
    Directive("proxy_ssl", _BOTH, Flag(), "Whether the upstream is reached by TLS."),
    Directive("proxy_ssl_session_reuse", _BOTH, Flag(), "Whether TLS sessions are used again."),
    Directive("proxy_ssl_protocols", _BOTH, choices(PROTOCOLS), "The TLS versions used.", ANY, once=False),
    Directive("proxy_ssl_ciphers", _BOTH, String(), "The ciphers used."),
    Directive("proxy_ssl_name", _BOTH, Complex(), "The name the certificate must have."),
    Directive("proxy_ssl_server_name", _BOTH, Flag(), "Whether the name is told to the upstream."),
    Directive("proxy_ssl_verify", _BOTH, Flag(), "Whether the certificate is verified."),
    Directive("proxy_ssl_verify_depth", _BOTH, number(), "How long the chain of certificates may be."),
    Directive("proxy_ssl_trusted_certificate", _BOTH, String(), "The certificates trusted."),
    Directive("proxy_ssl_crl", _BOTH, String(), "The certificates revoked."),
    Directive("proxy_ssl_certificate", _BOTH, Complex(), "The certificate shown."),
    Directive("proxy_ssl_certificate_key", _BOTH, Complex(), "Its key."),
    Directive("proxy_ssl_password_file", _BOTH, PasswordFile(), "Passwords of that key."),
    Directive("proxy_ssl_conf_command", _BOTH, KeyValue(), "A command of OpenSSL's configuration.", Arguments(2, 2), once=False),
)

_UPSTREAM = tuple(
    replace(row, opens=_GROUP) if row.opens is not None else row
    for row in _shared(
        (upstream.MODULE, balancing.HASH, balancing.LEAST_CONN, balancing.RANDOM, zone.MODULE),
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
    (map.MODULE, geo.MODULE, split_clients.MODULE, log.MODULE, access.MODULE, realip.MODULE, limit_conn.MODULE),
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

MODULE = Module("stream", (*_CORE, *_PROXY, *_UPSTREAM, *_OTHERS, *_shared((ssl.MODULE,), _SSL)), emulation=_NOT_HERE)
