"""What a location holds of any gateway module: the fields that `http/upstream/` reads, whichever gateway it works for."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ...complex_value import ComplexValue
from .cache import CacheValidity
from .slots import PassTarget
from .tls import CredentialFile, OpensslCommand


class GatewayLocation(Struct, frozen=True):
    """The settings of one gateway module in a location, after inheritance. Sizes in bytes, times in milliseconds.

    Each module has a class of its own that adds its fields to these (ProxyLocation, FastcgiLocation …): a location may hold the
    settings of several gateways. Its content handler says which of them are used.
    """

    # The protocols that are offered by TLS (ALPN), the first preferred.
    alpn: ClassVar[tuple[bytes, ...]] = ()

    # Lines of an answer that pass only if PREFIX_pass_header names them, in lower case.
    hidden: ClassVar[frozenset[bytes]] = frozenset(
        (
            b"date",
            b"server",
            b"x-accel-expires",
            b"x-accel-redirect",
            b"x-accel-limit-rate",
            b"x-accel-buffering",
            b"x-accel-charset",
        )
    )

    # Whether nginx's own Server and Date are left out where those of an answer may pass, even if it has none.
    always_theirs: ClassVar[bool] = True

    # Whether the client's body is read before the request is passed on.
    reads_body: ClassVar[bool] = True

    # Whether the page of an answer with 404 is always ours.
    intercepts_not_found: ClassVar[bool] = False

    # Whether X-Accel-Buffering of an answer counts.
    changes_buffering: ClassVar[bool] = True

    # The location's own PREFIX_pass; it is not inherited.
    pass_: PassTarget | None = None

    connect_timeout: int = 60000
    send_timeout: int = 60000
    read_timeout: int = 60000
    buffer_size: int = 4096

    # Number and size of each.
    buffers: tuple[int, int] = (8, 4096)

    # 0: twice the size of the larger of the two kinds.
    busy_buffers_size: int = 0

    buffering: bool = True
    request_buffering: bool = True
    pass_request_headers: bool = True
    pass_request_body: bool = True
    hide_header: tuple[bytes, ...] = ()
    pass_header: tuple[bytes, ...] = ()

    # The names, in lower case.
    ignore_headers: frozenset[str] = frozenset()

    intercept_errors: bool = False
    ignore_client_abort: bool = False

    # The words, in lower case.
    next_upstream: frozenset[str] = frozenset({"error", "timeout"})

    next_upstream_tries: int = 0
    next_upstream_timeout: int = 0
    limit_rate: int = 0
    bind: ComplexValue | None = None
    force_ranges: bool = False

    # Whether answers are saved; or the path of the file.
    store: ComplexValue | bool = False

    # The permissions of saved files.
    store_access: int = 0o600

    # A directory, and the lengths of the names of its subdirectories; None: where the system has such files.
    temp_path: tuple[bytes, tuple[int, ...]] | None = None

    # TLS. The protocols in lower case; paths in full, empty without one; the passwords in the order in which they are tried.
    ssl_session_reuse: bool = True
    ssl_protocols: frozenset[str] = frozenset({"tlsv1", "tlsv1.1", "tlsv1.2"})
    ssl_ciphers: bytes = b"DEFAULT"
    ssl_name: ComplexValue | None = None
    ssl_server_name: bool = False
    ssl_verify: bool = False
    ssl_verify_depth: int = 1
    ssl_trusted_certificate: bytes = b""
    ssl_crl: bytes = b""
    ssl_certificate: CredentialFile | None = None
    ssl_certificate_key: CredentialFile | None = None
    ssl_password_file: tuple[bytes, ...] = ()
    ssl_conf_command: tuple[OpensslCommand, ...] = ()

    # The zone of the cache; None for `off`.
    cache: ComplexValue | None = None

    # None for the gateway's own key.
    cache_key: ComplexValue | None = None

    cache_valid: tuple[CacheValidity, ...] = ()

    # Beside GET and HEAD, which are always among them.
    cache_methods: frozenset[str] = frozenset()

    # HEAD becomes GET for the cache.
    cache_convert_head: bool = True

    cache_min_uses: int = 1

    # The words, in lower case.
    cache_use_stale: frozenset[str] = frozenset()

    cache_background_update: bool = False
    cache_revalidate: bool = False
    cache_lock: bool = False
    cache_lock_age: int = 5000
    cache_lock_timeout: int = 5000

    # None: any.
    cache_max_range_offset: int | None = None

    cache_bypass: tuple[ComplexValue, ...] = ()
    no_cache: tuple[ComplexValue, ...] = ()


Gateway = TypeVar("Gateway", bound=GatewayLocation)


def store_or_cache(settings: Gateway, around: Gateway, own: Collection[str]) -> Gateway:
    """Let an answer be either stored or cached: what a block sets turns the other off that it would inherit."""
    if "store" in own and settings.store:
        return replace(settings, cache=None)
    if "cache" in own:
        return replace(settings, store=False if settings.cache else around.store)
    return replace(settings, cache=around.cache, store=settings.store if "store" in own else around.store)
