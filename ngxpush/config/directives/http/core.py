"""The http core module: http, server, location and what applies to every request."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...logs import ErrorLogSetting
from ...module import Module
from .core_checks import check_http, check_types_hash
from .core_rows import BLOCK_ROWS, LOCATION_ROWS, SERVER_ROWS
from .error_page import ErrorPage
from .resolver import NameServers
from .root import Root


class HttpCoreMain(Struct, frozen=True):
    """What is set once for http."""

    server_names_hash_max_size: int = 512
    server_names_hash_bucket_size: int = 64


class HttpCoreServer(Struct, frozen=True):
    """What a server holds besides its names and addresses. Sizes in bytes, times in milliseconds."""

    client_header_timeout: int = 60000
    client_header_buffer_size: int = 1024
    large_client_header_buffers: tuple[int, int] = (4, 8192)
    ignore_invalid_headers: bool = True
    merge_slashes: bool = True
    underscores_in_headers: bool = False


_HTML = Root(ComplexValue(b"html", (b"html",)), alias=False)


class HttpCoreLocation(Struct, frozen=True):
    """What a location holds after inheritance. Sizes in bytes, times in milliseconds."""

    # The value of root or alias.
    root: Root = _HTML

    # Extension → content type; None without a `types` block (`DEFAULT_TYPES`).
    types: dict[bytes, bytes] | None = None

    default_type: bytes = b"text/plain"

    # 0 is no limit.
    client_max_body_size: int = 1 << 20

    client_body_buffer_size: int = 16384
    client_body_timeout: int = 60000
    client_body_in_file_only: str = "off"
    client_body_temp_path: tuple[bytes, tuple[int, ...]] | None = None
    send_timeout: int = 60000
    postpone_output: int = 1460
    sendfile: bool = False
    tcp_nodelay: bool = True
    output_buffers: tuple[int, int] = (2, 32768)

    # Bytes a second.
    limit_rate: ComplexValue | None = None

    # Bytes.
    limit_rate_after: ComplexValue | None = None

    keepalive_time: int = 3600000

    # The timeout, and the seconds that the Keep-Alive header names (None: there is no such header).
    keepalive_timeout: tuple[int, int | None] = (75000, None)

    keepalive_requests: int = 1000
    keepalive_disable: frozenset[str] = frozenset({"msie6"})

    # `all` or `any`.
    satisfy: str = "all"

    # Only requests made inside nginx may use the location.
    internal: bool = False

    lingering_close: str = "on"
    lingering_time: int = 30000
    lingering_timeout: int = 5000
    reset_timedout_connection: bool = False
    absolute_redirect: bool = True
    server_name_in_redirect: bool = False
    port_in_redirect: bool = True
    msie_padding: bool = True
    msie_refresh: bool = False
    log_not_found: bool = True
    log_subrequest: bool = False
    recursive_error_pages: bool = False

    # `on`, `off` or `build`.
    server_tokens: str = "on"

    # `off`, `exact` or `before`.
    if_modified_since: str = "exact"

    max_ranges: int | None = None
    chunked_transfer_encoding: bool = True
    etag: bool = True
    error_page: tuple[ErrorPage, ...] = ()
    post_action: bytes | None = None
    error_log: tuple[ErrorLogSetting, ...] = ()
    auth_delay: int = 0
    disable_symlinks: tuple[str, ComplexValue | None] = ("off", None)
    subrequest_output_buffer_size: int = 4096
    resolver: NameServers | None = None
    resolver_timeout: int = 30000


DEFAULT_TYPES: dict[bytes, bytes] = {b"html": b"text/html", b"gif": b"image/gif", b"jpg": b"image/jpeg"}
"""nginx's types where no `types` block is."""

MODULE = Module(
    "http_core",
    (*BLOCK_ROWS, *SERVER_ROWS, *LOCATION_ROWS),
    main=HttpCoreMain,
    server=HttpCoreServer,
    location=HttpCoreLocation,
    checks=(check_http, check_types_hash),
)
