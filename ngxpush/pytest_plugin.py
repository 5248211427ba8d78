"""The fixtures for tests of programs that push: docs/how-to/pytest.md shows them in use.

Every pytest session of an environment with ngxpush loads this module, so it imports nothing but pytest: `ngxpush.testing` comes
with the first server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .testing import AsyncLiveServer, LiveServer

_MISSING = """ngxpush_server has no configuration. Name one by
  the ini option:    ngxpush_configuration = nginx.conf
  a marker:          @pytest.mark.ngxpush("nginx.conf")
  or a fixture:      def ngxpush_configuration(): return "events {} http { ... }\""""

_ARGUMENTS = ("configuration", "channels")
_MARKER = "ngxpush(configuration, channels=URL)"

# A fixture that fails has no value, and those that it has used are not among the test's.
_SERVER = pytest.StashKey["AsyncLiveServer"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("ngxpush_configuration", "The nginx.conf that ngxpush_server serves; relative to the ini file.", default="")
    parser.addini("ngxpush_channels", "The URL of a Redis that has the channels of ngxpush_server.", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{_MARKER}: the path, relative to the test's file, or the text of what ngxpush_server serves, "
        "and where its channels are.",
    )


@pytest.fixture
def ngxpush_configuration(request: pytest.FixtureRequest) -> str | os.PathLike[str]:
    """The configuration that `ngxpush_server` serves: a path, or a text. Tests may have a fixture of this name in its place.

    It is the argument of the marker `ngxpush`, a path relative to the test's file, or else that of the ini option
    `ngxpush_configuration`, a path relative to the ini file.
    """
    configuration: str | os.PathLike[str] | None = _marked(request).get("configuration")
    if configuration is not None:
        return configuration if "{" in str(configuration) else request.path.parent / configuration
    path: str = request.config.getini("ngxpush_configuration")
    if not path:
        pytest.fail(_MISSING, pytrace=False)
    return (request.config.inipath or request.config.rootpath / "ini").parent / path


@pytest.fixture
def ngxpush_channels(request: pytest.FixtureRequest) -> str | None:
    """The URL of a Redis that has the channels of `ngxpush_server`; None: its own memory. Tests may have a fixture in its place.

    It is the argument `channels` of the marker `ngxpush`, or else that of the ini option `ngxpush_channels`.
    """
    url: str | None = _marked(request).get("channels", request.config.getini("ngxpush_channels"))
    return url or None


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the markers say: that of the test before those of its class and its module."""
    said: dict[str, Any] = {}
    for marker in request.node.iter_markers("ngxpush"):
        arguments = {**dict(zip(_ARGUMENTS, marker.args, strict=False)), **marker.kwargs}
        if len(marker.args) > 1 or not arguments.keys() <= {*_ARGUMENTS}:
            pytest.fail(f"the marker is {_MARKER}", pytrace=False)
        said = {**arguments, **said}
    return said


@pytest.fixture
def ngxpush_server(
    request: pytest.FixtureRequest, ngxpush_configuration: str | os.PathLike[str], ngxpush_channels: str | None
) -> Iterator[LiveServer]:
    """A server of the configuration `ngxpush_configuration`, for one test: a `ngxpush.testing.LiveServer`.

    Paths in a text are relative to the directory of the test's file. A failing test's report has the log of the server.
    """
    from .testing import CannotStart, serve

    is_text = isinstance(ngxpush_configuration, str) and "{" in ngxpush_configuration
    try:
        with serve(ngxpush_configuration, prefix=request.path.parent if is_text else None, channels=ngxpush_channels) as server:
            request.node.stash[_SERVER] = server.in_event_loop
            yield server
    except CannotStart as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def ngxpush_async_server(ngxpush_server: LiveServer) -> AsyncLiveServer:
    """The same server for tests with an event loop of asyncio: a `ngxpush.testing.AsyncLiveServer`."""
    return ngxpush_server.in_event_loop


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the log of each server that a failing test has, also of one from a fixture of its own."""
    report = yield
    if report.failed and "ngxpush.testing" in sys.modules:
        report.sections += [(f"log of {name}", server.log) for server, name in _servers(item).items()]
    return report


def _servers(item: pytest.Item) -> dict[AsyncLiveServer, str]:
    """The servers of a test, each with the name of the first fixture that is the server."""
    from .testing import AsyncLiveServer, LiveServer

    servers: dict[AsyncLiveServer, str] = {}
    if _SERVER in item.stash:
        servers[item.stash[_SERVER]] = "ngxpush_server"
    for name, value in getattr(item, "funcargs", {}).items():
        server = value.in_event_loop if isinstance(value, LiveServer) else value
        if isinstance(server, AsyncLiveServer):
            servers.setdefault(server, name)
    return servers
