"""The URLs of --channels."""

from __future__ import annotations

import pytest

from ngxpush.server.redis.url import Account, BadUrl, ChannelsUrl, RedisAddress, RedisKind, RedisTls, read

_HERE = (RedisAddress("127.0.0.1", 6379),)
_SENTINELS = (RedisAddress("a", 26379), RedisAddress("b", 1))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("redis://127.0.0.1", ChannelsUrl(RedisKind.TCP, _HERE)),
        ("valkey://127.0.0.1:6379/", ChannelsUrl(RedisKind.TCP, _HERE)),
        ("redis://127.0.0.1/3", ChannelsUrl(RedisKind.TCP, _HERE, db=3)),
        ("redis://[::1]:7000", ChannelsUrl(RedisKind.TCP, (RedisAddress("::1", 7000),))),
        ("redis://[::1]", ChannelsUrl(RedisKind.TCP, (RedisAddress("::1", 6379),))),
        ("redis://:a%2Fb%40c@127.0.0.1", ChannelsUrl(RedisKind.TCP, _HERE, account=Account(None, "a/b@c"))),
        ("redis://me:a:b@127.0.0.1", ChannelsUrl(RedisKind.TCP, _HERE, account=Account("me", "a:b"))),
        ("rediss://127.0.0.1", ChannelsUrl(RedisKind.TCP, _HERE, tls=RedisTls())),
        (
            "valkeys://127.0.0.1/?ssl_ca_certs=/ca.pem&ssl_certfile=/c.pem&ssl_keyfile=/k.pem&ssl_check_hostname=false",
            ChannelsUrl(RedisKind.TCP, _HERE, tls=RedisTls("/ca.pem", "/c.pem", "/k.pem", verify_name=False)),
        ),
        ("rediss://127.0.0.1?ssl_cert_reqs=none", ChannelsUrl(RedisKind.TCP, _HERE, tls=RedisTls(verify=False))),
        ("unix:///run/redis.sock", ChannelsUrl(RedisKind.UNIX, path="/run/redis.sock")),
        (
            "unix://me:secret@/run/a%20b?db=2",
            ChannelsUrl(RedisKind.UNIX, path="/run/a b", db=2, account=Account("me", "secret")),
        ),
        ("redis+sentinel://a,b:1/main", ChannelsUrl(RedisKind.SENTINEL, _SENTINELS, master="main")),
        (
            "rediss+sentinel://:pw@a,b:1/main/4?sentinel_username=s&sentinel_password=t",
            ChannelsUrl(
                RedisKind.SENTINEL,
                _SENTINELS,
                master="main",
                db=4,
                account=Account(None, "pw"),
                sentinel_account=Account("s", "t"),
                tls=RedisTls(),
            ),
        ),
        ("redis+cluster://a:1,[::1]:2", ChannelsUrl(RedisKind.CLUSTER, (RedisAddress("a", 1), RedisAddress("::1", 2)))),
    ],
)
def test_what_a_url_says(text: str, url: ChannelsUrl) -> None:
    assert read(text) == url


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it has to begin with redis://"),
        ("127.0.0.1:6379", "it has to begin with redis://"),
        ("redis:127.0.0.1", "it has to begin with redis://"),
        ("http://127.0.0.1", "it has to begin with redis://"),
        ("redis://", "a host is missing"),
        ("redis://:6379", "a host is missing"),
        ("redis://a:1,", "a host is missing"),
        ("redis://a:b", '"a:b" has no valid port'),
        ("redis://a:", '"a:" has no valid port'),
        ("redis://a:65536", '"a:65536" has no valid port'),
        ("redis://::1:6379", "an IPv6 address has to stand in brackets"),
        ("redis://a/b", "the number of the database is no number"),
        ("redis://a/1/2", "there is more after the number of the database"),
        ("redis://a/?db=1", 'there is no option "db"; there are none here'),
        ("rediss://a/?ca=1", 'there is no option "ca"; those here are ssl_ca_certs, '),
        ("rediss://a/?ssl_ca_certs=1&ssl_ca_certs=2", 'the option "ssl_ca_certs" comes twice'),
        ("rediss://a/?ssl_cert_reqs=optional", "ssl_cert_reqs is required or none"),
        ("rediss://a/?ssl_keyfile=k", "ssl_keyfile is the key of ssl_certfile, which is missing"),
        ("redis://me@a", "there is a user without a password"),
        ("unix://run/redis.sock", "the path of a unix socket has to be a full one"),
        ("unix:///", "the path of a unix socket has to be a full one"),
        ("redis+sentinel://a", "the name of the master is missing"),
        ("redis+sentinel://a/main/1/2", "there is more after the number of the database"),
        ("redis+cluster://a/1", "a Cluster has only one database"),
    ],
)
def test_what_is_wrong_with_a_url(text: str, sentence: str) -> None:
    with pytest.raises(BadUrl) as error:
        read(text)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(
    "text", ["redis://:se/cret@a", "redis://:se?cret@a", "redis://:se#cret@a", "unix://:cret@/run/x?password=cret"]
)
def test_an_error_shows_no_secret(text: str) -> None:
    with pytest.raises(BadUrl) as error:
        read(text)
    assert "cret" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://me:secret@a:1/2", "redis://***@a:1/2"),
        ("valkeys://a", "rediss://a:6379"),
        ("unix://:secret@/run/redis.sock?db=3", "unix://***@/run/redis.sock?db=3"),
        ("rediss+sentinel://a,b/main/3?sentinel_password=secret", "rediss+sentinel://a:26379,b:26379/main/3"),
        ("redis+cluster://a,[::1]:3", "redis+cluster://a:6379,[::1]:3"),
    ],
)
def test_it_is_shown_without_secrets(text: str, shown: str) -> None:
    url = read(text)
    assert str(url) == shown
    assert "secret" not in repr(url)
