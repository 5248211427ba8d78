"""ngxpush.pytest_plugin, as projects use it: by the entry point, in a pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.redis.servers import needs_redis, redis_server
from tests.testing.configuration import configuration

pytest_plugins = "pytester"

_PUBLISHES = """
def test_published(ngxpush_server):
    ngxpush_server.publish("news", "hello")
    assert [message.text for message in ngxpush_server.messages("news")] == ["hello"]
"""


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """pytest in a process of its own, without the options and the environment of this one."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)


def test_sessions_that_do_not_use_it_load_nothing() -> None:
    program = "import sys, pytest; before = set(sys.modules); import ngxpush.pytest_plugin; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert set(loaded) == {"ngxpush", "ngxpush.pytest_plugin"}


@pytest.mark.parametrize("named_by", ["ini", "marker", "marker with a text", "fixture", "fixture with a path"])
def test_where_the_configuration_comes_from(pytester: pytest.Pytester, named_by: str) -> None:
    tests, text = pytester.mkdir("tests"), configuration()
    conf = tests / "nginx.conf"
    conf.write_text(text)
    pytester.makeini(f"[pytest]\n{'ngxpush_configuration = tests/nginx.conf' if named_by == 'ini' else ''}")
    fixture = "import pathlib, pytest\n\n@pytest.fixture\ndef ngxpush_configuration():\n    return {}\n"
    before = {
        "marker": 'import pytest\npytestmark = pytest.mark.ngxpush("nginx.conf")\n',
        "marker with a text": f"import pytest\npytestmark = pytest.mark.ngxpush({text!r})\n",
        "fixture": fixture.format(repr(text)),
        "fixture with a path": fixture.format("pathlib.Path(__file__).with_name('nginx.conf')"),
    }
    (tests / "test_it.py").write_text(before.get(named_by, "") + _PUBLISHES)
    _run(pytester, "--strict-markers").assert_outcomes(passed=1)


@needs_redis
@pytest.mark.parametrize("named_by", ["ini", "marker", "fixture"])
def test_where_the_channels_are(pytester: pytest.Pytester, named_by: str) -> None:
    with redis_server() as redis:
        ini = f"ngxpush_channels = {redis.url}" if named_by == "ini" else ""
        pytester.makeini(f"[pytest]\nngxpush_configuration = nginx.conf\n{ini}")
        pytester.path.joinpath("nginx.conf").write_text(configuration())
        before = {
            "marker": f'import pytest\npytestmark = pytest.mark.ngxpush("nginx.conf", channels={redis.url!r})\n',
            "fixture": f"import pytest\n\n@pytest.fixture\ndef ngxpush_channels():\n    return {redis.url!r}\n",
        }
        pytester.makepyfile(before.get(named_by, "") + _PUBLISHES)
        _run(pytester, "--strict-markers").assert_outcomes(passed=1)
        assert redis.cli("DBSIZE") != "0"


def test_markers_complete_each_other(pytester: pytest.Pytester) -> None:
    """A channels= of None takes that of the ini file away. The configuration may be said by name, and by a parameter."""
    pytester.makeini("[pytest]\nngxpush_channels = redis://nowhere.invalid")
    text = configuration()
    pytester.makepyfile(
        f"import pytest\npytestmark = pytest.mark.ngxpush(configuration={text!r})\n"
        + _PUBLISHES.replace("def test", "@pytest.mark.ngxpush(channels=None)\ndef test")
        + _PUBLISHES.replace(
            "def test_published(",
            f"@pytest.mark.parametrize('ngxpush_configuration', [{text!r}])\n"
            "@pytest.mark.ngxpush(channels=None)\ndef test_parameter(ngxpush_configuration, ",
        )
    )
    _run(pytester, "--strict-markers").assert_outcomes(passed=2)


def test_a_marker_with_other_arguments(pytester: pytest.Pytester) -> None:
    pytester.makepyfile('import pytest\npytestmark = pytest.mark.ngxpush("nginx.conf", chanels="redis://x")\n' + _PUBLISHES)
    result = _run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the marker is ngxpush(configuration, channels=URL)"])


def test_no_configuration(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(_PUBLISHES)
    result = _run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["ngxpush_server has no configuration. Name one by", "*ngxpush_configuration = nginx.conf"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_configuration_that_nginx_refuses(pytester: pytest.Pytester) -> None:
    pytester.makepyfile('import pytest\npytestmark = pytest.mark.ngxpush("events {}\\nhttp { teapot; }")\n' + _PUBLISHES)
    result = _run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f'nginx: [[]emerg] unknown directive "teapot" in {pytester.path}/ngxpush_configuration:2'])
    result.stdout.no_fnmatch_line("*Error*:*")


def test_the_log_of_a_failing_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import pytest, urllib.request
        from ngxpush.testing import serve

        @pytest.fixture
        def own_server():
            with serve({configuration()!r}) as server:
                yield server

        @pytest.mark.ngxpush({configuration()!r})
        @pytest.mark.parametrize("passes", [True, False])
        def test_it(ngxpush_server, ngxpush_async_server, own_server, passes):
            for server, channel in ((ngxpush_server, "first"), (own_server, "second")):
                server.publish(channel, "hello")
            assert passes
        """
    )
    result = _run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    sections = dict(zip(re.findall("log of (\\w+)", text), re.findall("/pub[?]id=(\\w+) HTTP", text), strict=True))
    assert sections == {"ngxpush_server": "first", "own_server": "second"}


def test_the_log_of_a_fixture_that_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.fixture
        def application(ngxpush_server):
            ngxpush_server.publish("first", "hello")
            ngxpush_server.publish("second", "hello", url="/nothing")

        @pytest.mark.ngxpush({configuration()!r})
        def test_it(application):
            pass
        """
    )
    result = _run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*log of ngxpush_server*", "*/pub[?]id=first HTTP*", "*/nothing HTTP*"])


def test_event_loops(pytester: pytest.Pytester) -> None:
    """pytest-asyncio, and anyio's plugin."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(
        f"""
        import pytest

        pytestmark = pytest.mark.ngxpush({configuration()!r})

        async def use(server):
            async with server.subscribe("news", "websocket") as news:
                await server.publish("news", "hello")
                assert (await news.next()).text == "hello"
            await server.expire()
            assert await server.messages("news") == []

        @pytest.mark.asyncio
        async def test_asyncio(ngxpush_async_server):
            await use(ngxpush_async_server)

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_anyio(ngxpush_async_server, anyio_backend):
            await use(ngxpush_async_server)
        """
    )
    _run(pytester).assert_outcomes(passed=2)


def test_side_by_side(pytester: pytest.Pytester) -> None:
    """pytest-xdist: each process has servers of its own."""
    pytester.makeini("[pytest]\nngxpush_configuration = nginx.conf")
    Path(pytester.path, "nginx.conf").write_text(configuration())
    pytester.makepyfile(
        "import pytest\n"
        + _PUBLISHES.replace("def test", '@pytest.mark.parametrize("n", range(6))\ndef test').replace("(ng", "(n, ng")
    )
    _run(pytester, "-n", "2").assert_outcomes(passed=6)
