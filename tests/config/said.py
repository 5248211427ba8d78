"""What nginx says of single directives: the tables of tests/config, and what asks ngxpush about them.

A case is (where, directives, messages): where they stand, and all that `nginx -t` prints about them, up to the first error that
ends it. tests/differential/test_said.py asks a real nginx the same.
"""

from __future__ import annotations

from typing import Any

from ngxpush.config.analysis import Analysis
from ngxpush.config.analyzer import analyze
from tests.machine import Machine

Case = tuple[str, str, list[str]]

_LOADED = "".join(
    f"load_module modules/{name}_module.so; "
    for name in ("ndk_http", "ngx_http_headers_more_filter", "ngx_http_set_misc", "ngx_http_echo")
)
PLACES = {
    "main": "%s events {} http { access_log off; }",
    "events": "events { %s } http { access_log off; }",
    "http": "events {} http { access_log off; %s }",
    "server": "events {} http { access_log off; server { listen 8080; %s } }",
    "location": "events {} http { access_log off; server { listen 8080; location / { %s } } }",
    "upstream": "events {} http { access_log off; upstream u { %s } server { listen 8080; } }",
    "loaded": _LOADED + "events {} http { access_log off; server { listen 8080; location / { %s } } }",
    "loaded http": _LOADED + "events {} http { access_log off; %s }",
    "stream": "load_module modules/ngx_stream_module.so; events {} stream { %s }",
}
# Host names that no machine knows; all others have an address.
UNKNOWN_HOSTS = ("nowhere.invalid", "10.0.0.0/33", "status_zone=z", "*")


def analysis_of(where: str, directives: str, files: dict[str, str] | None = None) -> Analysis:
    """A configuration with these directives in their place. files: by name, below the directory of nginx.conf."""
    named = {"nginx.conf": PLACES[where] % directives} | (files or {})
    machine = Machine({f"/etc/nginx/{name}": content.encode() for name, content in named.items()}, UNKNOWN_HOSTS)
    return analyze("/etc/nginx/nginx.conf", "/etc/nginx", system=machine)


def said(where: str, directives: str, files: dict[str, str] | None = None) -> list[str]:
    """`[level] message` of all that is said, up to the first error."""
    messages = []
    for diagnostic in analysis_of(where, directives, files).diagnostics:
        messages.append(f"[{diagnostic.level}] {diagnostic.message}")
        if diagnostic.fatal:
            break
    return messages


def setting(where: str, directives: str, files: dict[str, str] | None = None, name: str | None = None) -> Any:
    """What the arguments of the last directive of that name became. name: when it is not that of the first directive."""
    analysis = analysis_of(where, directives, files)
    assert not analysis.diagnostics
    wanted = name or directives.split()[0].rstrip(";")
    found = [setting.value for scope in analysis.root.walk() for setting in scope.settings if setting.directive.name == wanted]
    return found[-1]
