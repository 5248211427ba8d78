"""The table of directives: every row of every module's file, by name."""

from __future__ import annotations

from functools import cache

from .directive import Directive
from .directives.access import access, auth_basic, auth_request, limit_conn, limit_req, realip, referer, secure_link
from .directives.content import (
    autoindex,
    dav,
    empty_gif,
    flv,
    gzip_static,
    index,
    mirror,
    mp4,
    random_index,
    stub_status,
    try_files,
)
from .directives.core import events, main
from .directives.filters import addition, charset, gunzip, gzip, headers, slices, ssi, sub, userid
from .directives.gateways import fastcgi, grpc, memcached, proxy, scgi, uwsgi
from .directives.http import core, log, rewrite, ssl, v2
from .directives.push_stream import push_stream
from .directives.stream import stream
from .directives.third_party import echo, headers_more, set_misc
from .directives.upstream import balancing, keepalive, upstream, zone
from .directives.variables import browser, geo, map, split_clients
from .module import Module
from .places import Context

MODULES: tuple[Module, ...] = (
    main.MODULE,
    events.MODULE,
    core.MODULE,
    log.MODULE,
    upstream.MODULE,
    v2.MODULE,
    autoindex.MODULE,
    index.MODULE,
    mirror.MODULE,
    try_files.MODULE,
    auth_request.MODULE,
    auth_basic.MODULE,
    access.MODULE,
    limit_conn.MODULE,
    limit_req.MODULE,
    realip.MODULE,
    geo.MODULE,
    map.MODULE,
    split_clients.MODULE,
    referer.MODULE,
    rewrite.MODULE,
    ssl.MODULE,
    proxy.MODULE,
    fastcgi.MODULE,
    uwsgi.MODULE,
    scgi.MODULE,
    grpc.MODULE,
    memcached.MODULE,
    empty_gif.MODULE,
    browser.MODULE,
    secure_link.MODULE,
    balancing.HASH,
    balancing.IP_HASH,
    balancing.LEAST_CONN,
    balancing.RANDOM,
    keepalive.MODULE,
    zone.MODULE,
    stub_status.MODULE,
    gzip.MODULE,
    ssi.MODULE,
    charset.MODULE,
    addition.MODULE,
    sub.MODULE,
    userid.MODULE,
    headers.MODULE,
    push_stream.MODULE,
    headers_more.MODULE,
    echo.MODULE,
    set_misc.KIT,
    set_misc.MODULE,
    dav.MODULE,
    flv.MODULE,
    gunzip.MODULE,
    gzip_static.MODULE,
    mp4.MODULE,
    random_index.MODULE,
    slices.MODULE,
    stream.MODULE,
)
"""nginx's module order, in which their checks run when the http block closes."""


def _by_name() -> dict[bytes, tuple[Directive, ...]]:
    table: dict[bytes, tuple[Directive, ...]] = {}
    for module in MODULES:
        for row in module.directives:
            name = row.name.encode()
            table[name] = (*table.get(name, ()), row)
    return table


DIRECTIVES: dict[bytes, tuple[Directive, ...]] = _by_name()
"""Name → its rows: a name may mean different things in different contexts (`server`, `listen`, `if`)."""


@cache  # a file has the same few directives again and again
def find(name: bytes, context: Context) -> Directive | None:
    """The row of a directive in a context, or None where it may not stand."""
    return next((row for row in DIRECTIVES.get(name, ()) if row.contexts & context), None)
