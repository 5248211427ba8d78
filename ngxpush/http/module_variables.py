"""Variables of modules that have only a few of them."""

from __future__ import annotations

from . import proxy_protocol, secure_link
from .access import limit_conn, limit_req, realip
from .filters.gzip import gzip_ratio
from .referer import invalid_referer
from .variables import Getter

MODULE_VARIABLES: dict[bytes, Getter] = {
    b"connections_active": (lambda request: b"%d" % request.connection.counters.active, False),
    b"connections_reading": (lambda request: b"%d" % request.connection.counters.reading, False),
    b"connections_waiting": (lambda request: b"%d" % request.connection.counters.waiting, False),
    b"connections_writing": (lambda request: b"%d" % request.connection.counters.writing, False),
    b"fastcgi_path_info": (lambda request: b"", True),
    b"gzip_ratio": (gzip_ratio, False),
    b"invalid_referer": (invalid_referer, True),
    b"limit_conn_status": (limit_conn.limit_conn_status, False),
    b"limit_req_status": (limit_req.limit_req_status, False),
    b"proxy_protocol_addr": (proxy_protocol.client_addr, True),
    b"proxy_protocol_port": (proxy_protocol.client_port, True),
    b"proxy_protocol_server_addr": (proxy_protocol.server_addr, True),
    b"proxy_protocol_server_port": (proxy_protocol.server_port, True),
    b"realip_remote_addr": (realip.realip_remote_addr, True),
    b"realip_remote_port": (realip.realip_remote_port, True),
    b"secure_link": (secure_link.secure_link, True),
    b"secure_link_expires": (secure_link.secure_link_expires, True),
}
