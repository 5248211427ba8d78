"""The table of nginx's variables (those of every module of Debian's nginx), and the variables of one configuration.

Names are lower case.  `http.variables` has the functions that give their values.
"""

from __future__ import annotations

from msgspec import Struct, field

from .text import shown


class VariableRow(Struct, frozen=True):
    """A variable that nginx itself defines.

    changeable: whether `set`, `map` and similar directives may define the name.
    prefix: the name is the prefix of many names (`arg_`).
    """

    name: bytes
    module: str
    changeable: bool = False
    prefix: bool = False

    # The file of the module, if `load_module` has to name it.
    file: str = ""


def _rows(module: str, names: str, changeable: str = "", prefixes: str = "") -> list[VariableRow]:
    return [
        *(VariableRow(name.encode(), module) for name in names.split()),
        *(VariableRow(name.encode(), module, changeable=True) for name in changeable.split()),
        *(VariableRow(name.encode(), module, changeable=True, prefix=True) for name in prefixes.split()),
    ]


HTTP_VARIABLES: dict[bytes, VariableRow] = {
    row.name: row
    for row in [
        *_rows(
            "http_core",
            """
            http_host http_user_agent http_referer http_via http_x_forwarded_for http_cookie
            content_length content_type host binary_remote_addr remote_addr remote_port server_addr server_port server_protocol
            scheme https request_uri uri document_uri request document_root realpath_root query_string server_name
            request_method remote_user bytes_sent body_bytes_sent pipe request_completion request_body request_body_file
            request_filename
            request_length request_time request_id status
            sent_http_content_type sent_http_content_length sent_http_location sent_http_last_modified sent_http_connection
            sent_http_keep_alive sent_http_transfer_encoding sent_http_cache_control sent_http_link
            connection connection_requests connection_time nginx_version hostname pid msec time_iso8601 time_local
            tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space
            proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port is_args
            """,
            "args limit_rate",
            "http_ sent_http_ sent_trailer_ cookie_ arg_",
        ),
        *_rows(
            "upstream",
            """
            upstream_addr upstream_status upstream_connect_time upstream_header_time upstream_response_time
            upstream_response_length upstream_bytes_received upstream_bytes_sent upstream_cache_status
            upstream_cache_last_modified upstream_cache_etag
            """,
            prefixes="upstream_http_ upstream_trailer_ upstream_cookie_",
        ),
        *_rows(
            "ssl",
            "",
            """
            ssl_protocol ssl_cipher ssl_ciphers ssl_curve ssl_curves ssl_session_id ssl_session_reused ssl_early_data
            ssl_server_name ssl_alpn_protocol ssl_client_cert ssl_client_raw_cert ssl_client_escaped_cert ssl_client_s_dn
            ssl_client_i_dn ssl_client_s_dn_legacy ssl_client_i_dn_legacy ssl_client_serial ssl_client_fingerprint
            ssl_client_verify ssl_client_v_start ssl_client_v_end ssl_client_v_remain
            """,
        ),
        *_rows("proxy", "proxy_add_x_forwarded_for proxy_internal_body_length proxy_internal_chunked", "proxy_host proxy_port"),
        *_rows("fastcgi", "fastcgi_script_name fastcgi_path_info"),
        *(
            VariableRow(b"echo_" + name, "echo", changeable=True, file="ngx_http_echo_module.so")
            for name in (
                *(
                    b"it",
                    b"timer_elapsed",
                    b"request_method",
                    b"client_request_method",
                    b"client_request_headers",
                    b"request_uri",
                ),
                *(b"cacheable_request_uri", b"request_body", b"response_status", b"incr"),
            )
        ),
        *_rows("grpc", "grpc_internal_trailers"),
        *_rows("browser", "", "msie modern_browser ancient_browser"),
        *_rows("gzip", "gzip_ratio"),
        *_rows("limit_conn", "limit_conn_status"),
        *_rows("limit_req", "limit_req_status"),
        *_rows("realip", "realip_remote_addr realip_remote_port"),
        *_rows("referer", "", "invalid_referer"),
        *_rows("secure_link", "secure_link secure_link_expires"),
        *_rows("slice", "slice_range"),
        *_rows("ssi", "date_local date_gmt"),
        *_rows("stub_status", "connections_active connections_reading connections_writing connections_waiting"),
        *_rows("userid", "uid_got uid_set", "uid_reset"),
        *_rows("v2", "http2"),
    ]
}

STREAM_VARIABLES: dict[bytes, VariableRow] = {
    row.name: row
    for row in [
        *_rows(
            "stream_core",
            """
            binary_remote_addr remote_addr remote_port proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr
            proxy_protocol_server_port server_addr server_port bytes_sent bytes_received session_time status connection
            nginx_version hostname pid msec time_iso8601 time_local protocol
            """,
        ),
        *_rows(
            "stream_upstream",
            "upstream_addr upstream_bytes_sent upstream_bytes_received upstream_connect_time upstream_first_byte_time "
            "upstream_session_time",
        ),
        *_rows("stream_realip", "realip_remote_addr realip_remote_port"),
        *_rows("stream_ssl_preread", "ssl_preread_protocol ssl_preread_server_name ssl_preread_alpn_protocols"),
        *(VariableRow(row.name, "stream_ssl") for row in HTTP_VARIABLES.values() if row.module == "ssl"),
    ]
}


class Variables(Struct, eq=False):
    """The variables of one http or stream block: nginx's own, those its directives define, and those it refers to."""

    rows: dict[bytes, VariableRow]
    defined: set[bytes] = field(default_factory=set)

    # Those that `set` defines and no named group: they are empty, not missing, until a `set` is run.
    initially_empty: set[bytes] = field(default_factory=set)

    referred: dict[bytes, None] = field(default_factory=dict)

    def refer(self, name: bytes) -> None:
        """Note that `name` is used."""
        self.referred.setdefault(name)

    def define(self, name: bytes) -> str | None:
        """Declare a variable of the configuration, in any letter case. nginx's message, if the name is taken or empty."""
        if not name:
            return 'invalid variable name "$"'
        row = self.rows.get(name.lower())
        if row is not None and not row.changeable:
            return f'the duplicate "{shown(name)}" variable'
        self.defined.add(name.lower())
        return None

    def empty_at_first(self, name: bytes) -> None:
        """Note, before it is declared, a variable of `set`. What has declared it earlier says what it is without a value."""
        if not self.known(name.lower()):
            self.initially_empty.add(name.lower())

    def missing_at_first(self, name: bytes) -> None:
        """Note a variable of a named group: it has no value until the group matches, even if there is a `set` for it."""
        self.initially_empty.discard(name.lower())

    def known(self, name: bytes) -> bool:
        """Whether something gives `name` a value."""
        if name in self.defined or name in self.rows:
            return True
        return any(row.prefix and name.startswith(row.name) for row in self.rows.values())

    def unknown(self) -> list[bytes]:
        """The names that are used but have no value, in the order of their first use."""
        return [name for name in self.referred if not self.known(name)]
