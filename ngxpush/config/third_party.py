"""Directives of modules that are not part of nginx, so that a message about an unknown directive can name its module.

nginx without the module calls them unknown, and so does `ngxpush nginx -t`.  Most are not rows of the table: ngxpush knows
nothing of their arguments, and `ngxpush run` leaves them out together with their blocks.  A module whose directives all have
the same prefix is listed by that prefix.  The modules that ngxpush emulates are those of the table that have a `file`.
"""

from __future__ import annotations

from .modules import DIRECTIVES
from .text import unshown

_PREFIXES = {
    "lua_": "lua (OpenResty)",
    "nchan_": "nchan",
    "push_message_": "nginx_http_push_module",
    "vhost_traffic_status": "vts",
    "brotli": "brotli",
    "zstd": "zstd",
    "pagespeed": "pagespeed",
    "modsecurity": "ModSecurity",
    "accesskey": "accesskey",
    "upload_progress": "upload-progress",
    "upload_": "upload",
    "fancyindex": "fancyindex",
    "redis2_": "redis2",
    "redis_": "redis",
    "memc_": "memc",
    "srcache_": "srcache",
    "passenger": "Passenger",
    "auth_ldap": "auth-ldap",
    "auth_pam": "auth-pam",
    "geoip2": "geoip2",
    "js_": "njs",
    "image_filter": "image_filter (dynamic)",
    "geoip_": "geoip (dynamic)",
    "xslt_": "xslt_filter (dynamic)",
    "perl": "perl (dynamic)",
    "rtmp": "rtmp",
    "set_form_input": "form-input",
    "dav_ext_": "dav-ext",
    "array_": "array-var",
    "encrypted_session_": "encrypted-session",
    "iconv_": "iconv",
    "rds_": "rds",
    "drizzle_": "drizzle",
    "postgres_": "postgres",
    "testcookie": "testcookie",
    "vod": "vod",
    "secure_token": "secure-token",
    "auth_gss": "spnego",
    "auth_digest": "auth-digest",
    "auth_jwt": "auth-jwt",
    "opentracing": "opentracing",
    "otel_": "otel",
    "ajp_": "ajp",
    "xss_": "xss",
    "dyups_": "dyups",
    "SecRules": "naxsi",
    "ssl_ct": "ct",
    "ssl_dyn_rec_": "dynamic TLS records (patch)",
    "concat": "concat",
    "ip2location_": "ip2location",
    "mruby_": "mruby",
    "google_perftools_": "google_perftools",
    "session_log": "NGINX Plus",
    "health_check": "NGINX Plus",
    "status_": "NGINX Plus",
    "zone_sync": "NGINX Plus",
    "keyval": "NGINX Plus",
}

_NAMES = {
    "mail": "mail (dynamic)",
    "api": "NGINX Plus",
    "match": "NGINX Plus",
    "ntlm": "NGINX Plus",
    "queue": "NGINX Plus",
    "state": "NGINX Plus",
    "status": "NGINX Plus",
    "upstream_conf": "NGINX Plus",
    "report_uploads": "upload-progress",
    "track_uploads": "upload-progress",
    "sticky": "sticky",
    "fair": "upstream-fair",
    "check": "upstream-check",
    "check_status": "upstream-check",
    "proxy_cache_purge": "cache-purge",
    "fastcgi_cache_purge": "cache-purge",
    "scgi_cache_purge": "cache-purge",
    "uwsgi_cache_purge": "cache-purge",
    "subs_filter": "substitutions-filter",
    "subs_filter_types": "substitutions-filter",
    "set_cookie_flag": "cookie-flag",
    "BasicRule": "naxsi",
    "MainRule": "naxsi",
    "CheckRule": "naxsi",
    "LearningMode": "naxsi",
    "DeniedUrl": "naxsi",
}

_LUA_ENDINGS = ("_by_lua", "_by_lua_block", "_by_lua_file")


def module_of(name: str) -> str | None:
    """The third-party (or dynamic) module a directive belongs to; None where it is not known."""
    if name.endswith(_LUA_ENDINGS):
        return "lua (OpenResty)"
    rows = DIRECTIVES.get(unshown(name))
    if rows:
        return rows[0].module if rows[0].file else None
    known = _NAMES.get(name)
    if known is not None:
        return known
    return next((module for prefix, module in _PREFIXES.items() if name.startswith(prefix)), None)
