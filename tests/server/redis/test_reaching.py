"""Where the channels of a configuration are, and whether that can be reached."""

from __future__ import annotations

import pytest

from ngxpush.config.configuration import Configuration
from ngxpush.server.redis.channels import read_places
from ngxpush.server.redis.reaching import find_channels
from ngxpush.server.redis.url import ChannelsUnreachable
from tests.http.serving import compiled
from tests.running import free_port

from .servers import needs_redis, redis_server


def _configuration(name: str = "") -> Configuration:
    return compiled(f"push_stream_shared_memory_size 32m {name};")


def _found(words: list[str], configuration: Configuration, reaching: bool) -> tuple[str | None, list[str]]:
    said: list[str] = []
    url = find_channels(configuration, read_places(words, "--channels"), said.append, reaching)
    return None if url is None else str(url), said


@needs_redis
def test_redis_is_asked_what_whoever_uses_it_should_know() -> None:
    with redis_server() as server, redis_server(persistent=True) as persistent:
        url, said = _found([server.url], _configuration(), reaching=True)
        assert url == server.url
        assert [text.partition(" (")[0] for text in said] == [f"the channels are in {url}, which keeps nothing on disk"]
        assert _found([persistent.url], _configuration(), reaching=True) == (persistent.url, [])


def test_nothing_answers() -> None:
    url = f"redis://:secret@127.0.0.1:{free_port()}"
    with pytest.raises(ChannelsUnreachable) as error:
        _found([url], _configuration(), reaching=True)
    shown = url.replace(":secret", "***")
    assert str(error.value).startswith(f"the channels in {shown} can't be used: it can't be reached (")
    assert _found([url], _configuration(), reaching=False) == (shown, [])


@needs_redis
def test_a_wrong_password() -> None:
    with redis_server(requirepass="secret") as server:
        url = server.url.replace("secret", "other")
        with pytest.raises(ChannelsUnreachable, match="does not take the user name and the password"):
            _found([url], _configuration(), reaching=True)


@needs_redis
@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        (["-evalsha"], "'evalsha' command"),
        (["resetchannels"], "channels used as arguments"),
        (["resetkeys", "~other:*"], "keys used as arguments"),
    ],
)
def test_a_user_that_may_not_do_what_workers_do(lacking: list[str], reason: str) -> None:
    with redis_server() as server:
        server.cli("ACL", "SETUSER", "ngxpush", "on", ">word", "~*", "&*", "+@all", *lacking)
        url = f"redis://ngxpush:word@127.0.0.1:{server.port}"
        with pytest.raises(ChannelsUnreachable, match=f"does not let this user .*{reason}"):
            _found([url], _configuration(), reaching=True)


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        (Configuration(), 'a URL of channels is for the zone "chat", but the configuration has none'),
        (_configuration(), 'a URL of channels is for the zone "chat", but the configuration has the zone "push_stream_module"'),
    ],
)
def test_a_zone_that_is_not_there(configuration: Configuration, said: str) -> None:
    assert _found(["chat=redis://127.0.0.1:1"], configuration, reaching=True) == (None, [said])


def test_a_configuration_without_push_has_no_channels() -> None:
    assert _found(["redis://127.0.0.1:1"], compiled(""), reaching=True) == (None, [])
