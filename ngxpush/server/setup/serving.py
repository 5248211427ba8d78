"""What serves a configuration: its modules, and its http block as it is served.

It is apart from `startup`: `nginx -t` sets a configuration up and does without the modules that serve.
"""

from __future__ import annotations

from importlib import import_module

from ...config.configuration import Configuration
from ...http.content import load_handlers
from ...http.routing import running
from ...http.running import RunningHttp
from .server_tls import uses_tls
from .startup import Setup
from .upstream_tls import settings_in_use


def load(configuration: Configuration) -> None:
    """Load the modules that serve this configuration and not every one.

    That is done before its sockets listen: who connects to them is answered at once.
    """
    http = configuration.http
    if http is None:
        return
    load_handlers({block.content_handler for block in http.blocks})
    listens = [dict(listen.options) for server in http.servers for listen in server.listens]
    for wanted, module in (
        (any("http2" in options for options in listens), "http.http2.events"),
        (uses_tls(http), "server.tls.client_stage"),
        (settings_in_use(http), "server.tls.upstream_stage"),
    ):
        if wanted:
            import_module(f"ngxpush.{module}")


def serving(setup: Setup) -> RunningHttp | None:
    """None where there is no http block."""
    http = setup.configuration.http
    if http is None:
        return None
    made = running(http, setup.addresses, setup.trusted, setup.caches.shelves)
    made.tls, made.hosts, made.redirects = setup.tls, setup.hosts, setup.redirects
    return made
