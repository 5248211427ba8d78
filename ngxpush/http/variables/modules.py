"""Variables of modules with few variables."""

from __future__ import annotations

from ..access import limit_conn, limit_req
from ..filters.gzip import gzip_ratio
from ..filters.slices import slice_range
from ..filters.userid import uid_got, uid_set
from ..third_party import echo_texts
from . import browser, fastcgi
from .evaluation import Getter
from .referer import invalid_referer
from .secure_link import secure_link, secure_link_expires

VARIABLES: dict[bytes, Getter] = {
    **echo_texts.VARIABLES,
    b"ancient_browser": (browser.ancient_browser, False),
    b"modern_browser": (browser.modern_browser, False),
    b"msie": (browser.msie, True),
    b"fastcgi_path_info": (fastcgi.path_info, False),
    b"fastcgi_script_name": (fastcgi.script_name, False),
    b"gzip_ratio": (gzip_ratio, False),
    b"invalid_referer": (invalid_referer, True),
    b"limit_conn_status": (limit_conn.limit_conn_status, False),
    b"limit_req_status": (limit_req.limit_req_status, False),
    b"slice_range": (slice_range, False),
    b"secure_link": (secure_link, True),
    b"secure_link_expires": (secure_link_expires, True),
    b"uid_got": (uid_got, True),
    b"uid_set": (uid_set, True),
}
