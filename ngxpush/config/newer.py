"""What nginx has only since a version after 1.22.1: directives, and parameters of older directives (nginx's CHANGES).

For nginx 1.22.1 they are errors, and so they are for `ngxpush nginx -t`. `ngxpush run` leaves them out, and the linter names the
version.
"""

from __future__ import annotations

from msgspec.structs import replace

from .text import shown
from .tree import Statement

_DIRECTIVES = {
    "1.25.0": """
        http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size
        quic_active_connection_id_limit quic_bpf quic_gso quic_host_key quic_retry
    """,
    "1.25.1": "http2",
    "1.27.2": "proxy_pass_trailers proxy_ssl_key_log grpc_ssl_key_log uwsgi_ssl_key_log ssl_key_log",
    "1.27.4": """
        keepalive_min_timeout ssl_object_cache_inheritable
        ssl_certificate_cache proxy_ssl_certificate_cache grpc_ssl_certificate_cache uwsgi_ssl_certificate_cache
    """,
    "1.29.0": "early_hints",
    "1.29.1": "ssl_certificate_compression",
    "1.29.3": """
        add_header_inherit add_trailer_inherit
        proxy_allow_upstream fastcgi_allow_upstream grpc_allow_upstream memcached_allow_upstream scgi_allow_upstream
        uwsgi_allow_upstream proxy_bind_dynamic fastcgi_bind_dynamic grpc_bind_dynamic memcached_bind_dynamic scgi_bind_dynamic
        uwsgi_bind_dynamic proxy_request_dynamic fastcgi_request_dynamic grpc_request_dynamic scgi_request_dynamic
        uwsgi_request_dynamic
    """,
    "1.29.4": "ssl_ech_file",
    "1.29.8": "max_headers error_log_tag",
    "1.31.0": """
        least_time tunnel_pass tunnel_bind tunnel_bind_dynamic tunnel_buffer_size tunnel_connect_timeout tunnel_next_upstream
        tunnel_next_upstream_timeout tunnel_next_upstream_tries tunnel_read_timeout tunnel_send_lowat tunnel_send_timeout
        tunnel_socket_keepalive tunnel_allow_upstream
    """,
    "1.31.3": """
        proxy_socket_rcvbuf proxy_socket_sndbuf fastcgi_socket_rcvbuf fastcgi_socket_sndbuf grpc_socket_rcvbuf grpc_socket_sndbuf
        scgi_socket_rcvbuf scgi_socket_sndbuf uwsgi_socket_rcvbuf uwsgi_socket_sndbuf tunnel_socket_rcvbuf tunnel_socket_sndbuf
    """,
}
_SINCE = {name: version for version, names in _DIRECTIVES.items() for name in names.split()}

_PARAMETERS = {
    ("resolver", "ipv4=off"): "1.23.1",
    ("resolver", "ipv4=on"): "1.23.1",
    ("server", "resolve"): "1.27.3",
    ("server", "service"): "1.27.3",
    ("keepalive", "local"): "1.29.7",
    ("listen", "multipath"): "1.29.7",
    ("listen", "quic"): "1.25.0",
}
_WHOLE = ("listen quic",)
"""Without this parameter the directive would mean something else: it is left out with it."""


def since(name: str) -> str | None:
    """The version that brought a directive, or a parameter (`server resolve`); None for what is older or not known."""
    directive, _, parameter = name.partition(" ")
    return _PARAMETERS.get((directive, parameter)) if parameter else _SINCE.get(name)


def without_newer(statement: Statement) -> tuple[Statement | None, list[Statement]]:
    """A statement without the parameters that are newer, and these, each as a statement whose name ends in the parameter.

    None where nothing of it is left.
    """
    found = [argument for argument in statement.arguments if since(_key(statement, argument)) is not None]
    if not found:
        return statement, []
    parts = [replace(statement, name=_key(statement, argument).encode()) for argument in found]
    if any(shown(part.name) in _WHOLE for part in parts):
        return None, parts
    return replace(statement, arguments=tuple(argument for argument in statement.arguments if argument not in found)), parts


def _key(statement: Statement, argument: bytes) -> str:
    """The name of a parameter as `since` takes it. `service=` has a value of its own."""
    word = b"service" if argument.startswith(b"service=") else argument
    return f"{statement.name.decode('latin-1')} {word.decode('latin-1')}"
