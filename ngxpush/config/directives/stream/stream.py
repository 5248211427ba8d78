"""The stream modules: raw TCP and UDP. Their directives are checked, but ngxpush does not serve them.

Directives that http and stream have in common have the same slots here; only their contexts differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ...columns import ANY, NONE, Arguments, Block, unsupported
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock, declared
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
from ..http.listen import listen_addresses, listen_place, places
from ..upstream import balancing, upstream, zone
from ..variables import geo, map, split_clients

_NOT_HERE = unsupported("ngxpush serves HTTP only: the ports of stream are not opened.")
_BOTH = Context.STREAM | Context.STREAM_SERVER
_FLAGS = (b"udp", b"bind", b"ssl", b"reuseport", b"proxy_protocol", b"deferred")
_BINDING = (b"bind", b"reuseport", b"deferred")
_OPTIONS = (b"backlog=", b"rcvbuf=", b"sndbuf=", b"fastopen=", b"ipv6only=", b"so_keepalive=")
_HANDLERS = ("return", "proxy_pass")


class StreamSlot:
    """The stream block itself: an empty HttpBlock, for its directives to fill."""

    description = "no argument"

    def parse(self, use: DirectiveUse) -> HttpBlock:
        use.cycle.variables = Variables(STREAM_VARIABLES)
        return HttpBlock(use.cycle.variables)


class StreamListenSlot:
    """An address and its parameters: the address as written and whether it is UDP."""

    description = "address and parameters"

    def parse(self, use: DirectiveUse) -> tuple[bytes, bool, bool]:
        text, *parameters = use.arguments
        for parameter in parameters:
            if parameter not in _FLAGS and not parameter.startswith(_OPTIONS):
                raise RefusedDirective(f'the invalid "{shown(parameter)}" parameter')
        value = text, b"udp" in parameters, b"ssl" in parameters
        listens = declared(use).listens
        for address, place_text in places(listen_addresses(use, text)):
            place = listen_place(address, place_text)
            place.bind = any(parameter in _BINDING or parameter.startswith(_OPTIONS) for parameter in parameters)
            place.text += " udp" if value[1] else ""
            if place.text in listens:
                raise RefusedDirective(f'duplicate "{shown(text)}" address and port pair')
            listens[place.text] = place
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
    """nginx's checks of the complete block: hosts, handlers, variables."""
    upstream.check(use, stream)
    for server in stream.scopes:
        judged = server.context is Context.STREAM_SERVER and not server.uncertain
        if judged and server.statement is not None and not any(server.own(name) for name in _HANDLERS):
            use.report_at("no handler for server", server.statement.end)
    for name in use.cycle.unknown_variables():
        use.report("emerg", f'unknown "{shown(name)}" variable', fatal=True, placed=False)


def _shared(modules: Iterable[Module], contexts: dict[str, Context]) -> tuple[Directive, ...]:
    """The rows of http's modules that stream has too, with their contexts in stream."""
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
        "The settings of the TCP and UDP proxy.",
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
    Directive(
        "listen",
        Context.STREAM_SERVER,
        StreamListenSlot(),
        "An address and port the server accepts connections on.",
        ANY,
        once=False,
    ),
    Directive("preread_buffer_size", _BOTH, size(), "The size of the buffer for the first bytes of a connection."),
    Directive("preread_timeout", _BOTH, milliseconds(), "How long the first bytes are waited for."),
    Directive("proxy_protocol_timeout", _BOTH, milliseconds(), "How long the PROXY header is waited for."),
    Directive("tcp_nodelay", _BOTH, Flag(), "Whether small packets are sent at once."),
    Directive(
        "error_log", _BOTH, ErrorLogSlot(), "The log for errors, and the least severe level that is written.", ANY, once=False
    ),
    Directive("resolver", _BOTH, Strings(), "The name servers that resolve host names.", ANY),
    Directive("resolver_timeout", _BOTH, milliseconds(), "How long resolving a name may take."),
    Directive("variables_hash_max_size", Context.STREAM, number(), "The largest size of the table of variables."),
    Directive("variables_hash_bucket_size", Context.STREAM, number(), "The size of a bucket of the table of variables."),
    Directive("return", Context.STREAM_SERVER, Complex(), "Sends a text and closes the connection."),
    Directive("set", Context.STREAM_SERVER, StreamSetSlot(), "Sets a variable.", Arguments(2, 2), once=False),
    Directive("ssl_preread", _BOTH, Flag(), "Whether the client's TLS greeting is read."),
    Directive("ssl_handshake_timeout", _BOTH, milliseconds(), "How long a TLS handshake may take."),
    Directive("ssl_alpn", _BOTH, Strings(), "The protocols that are offered by ALPN.", ANY),
)

_PROXY = (
    Directive("proxy_pass", Context.STREAM_SERVER, Pass({}), "Passes connections on to a server."),
    Directive("proxy_bind", _BOTH, Bind(), "The local address of connections to the upstream.", Arguments(1, 2)),
    Directive("proxy_socket_keepalive", _BOTH, Flag(), "Whether upstream connections use TCP keepalive."),
    Directive("proxy_connect_timeout", _BOTH, milliseconds(), "How long connecting to the upstream may take."),
    Directive("proxy_timeout", _BOTH, milliseconds(), "How long a connection may be silent."),
    Directive("proxy_buffer_size", _BOTH, size(), "The size of the buffers."),
    Directive("proxy_downstream_buffer", _BOTH, size(), "The older name of `proxy_buffer_size`."),
    Directive("proxy_upstream_buffer", _BOTH, size(), "The older name of `proxy_buffer_size`."),
    Directive("proxy_upload_rate", _BOTH, ComplexSize(), "The most bytes read from the client in a second."),
    Directive("proxy_download_rate", _BOTH, ComplexSize(), "The most bytes read from the upstream in a second."),
    Directive("proxy_requests", _BOTH, number(), "After how many datagrams of the client a session ends."),
    Directive("proxy_responses", _BOTH, number(), "How many datagrams of the upstream answer one of the client."),
    Directive("proxy_next_upstream", _BOTH, Flag(), "Whether the next server is tried when connecting fails."),
    Directive("proxy_next_upstream_tries", _BOTH, number(), "The most servers a connection is passed to."),
    Directive(
        "proxy_next_upstream_timeout", _BOTH, milliseconds(), "For how long a connection may be passed on to further servers."
    ),
    Directive("proxy_protocol", _BOTH, Flag(), "Whether a PROXY header is sent."),
    Directive("proxy_half_close", _BOTH, Flag(), "Whether the two directions of a connection are closed separately."),
    Directive("proxy_ssl", _BOTH, Flag(), "Whether the upstream is reached by TLS."),
    Directive("proxy_ssl_session_reuse", _BOTH, Flag(), "Whether TLS sessions are resumed."),
    Directive(
        "proxy_ssl_protocols", _BOTH, choices(PROTOCOLS), "The TLS versions that are used with the upstream.", ANY, once=False
    ),
    Directive("proxy_ssl_ciphers", _BOTH, String(), "The ciphers that are offered to the upstream."),
    Directive("proxy_ssl_name", _BOTH, Complex(), "The name the upstream's certificate is verified for."),
    Directive("proxy_ssl_server_name", _BOTH, Flag(), "Whether that name is sent to the upstream (SNI)."),
    Directive("proxy_ssl_verify", _BOTH, Flag(), "Whether the upstream's certificate is verified."),
    Directive("proxy_ssl_verify_depth", _BOTH, number(), "The longest chain of certificates."),
    Directive("proxy_ssl_trusted_certificate", _BOTH, String(), "The file of trusted certificates."),
    Directive("proxy_ssl_crl", _BOTH, String(), "The file of revoked certificates."),
    Directive("proxy_ssl_certificate", _BOTH, Complex(), "The file of the certificate that is shown to the upstream."),
    Directive("proxy_ssl_certificate_key", _BOTH, Complex(), "The file of that certificate's key."),
    Directive("proxy_ssl_password_file", _BOTH, PasswordFile(), "The file of passwords for that key."),
    Directive("proxy_ssl_conf_command", _BOTH, KeyValue(), "A configuration command for OpenSSL.", Arguments(2, 2), once=False),
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

_ROWS = (*_CORE, *_PROXY, *_UPSTREAM, *_OTHERS, *_shared((ssl.MODULE,), _SSL))

MODULE = Module("stream", _ROWS, emulation=_NOT_HERE)
