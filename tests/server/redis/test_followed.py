"""What a worker knows of the channels it has subscribers of."""

from ngxpush.server.redis.followed import FollowedChannels
from ngxpush.server.redis.language import ChannelPosition, Held
from tests.server.redis.fakes import message


def test_subscribers_count_as_often_as_they_name_a_channel() -> None:
    followed = FollowedChannels()
    for position in (ChannelPosition(b"a", 1), ChannelPosition(b"b", 2, 1000, 4), ChannelPosition(b"a", 1)):
        followed.follow(position)
    followed.clients += 1
    assert followed.held() == [Held(ChannelPosition(b"a", 1), 2), Held(ChannelPosition(b"b", 2, 1000, 4), 1)]
    followed.leave((b"a", b"b", b"none"), 1)
    assert (followed.held(), followed.clients) == ([Held(ChannelPosition(b"a", 1), 1)], 0)
    assert b"a" in followed and b"b" not in followed


def test_a_message_is_new_once_and_in_its_order() -> None:
    followed = FollowedChannels()
    assert not followed.is_new(message(1))
    followed.follow(ChannelPosition(b"a", 1, 1000, 1))
    assert [followed.is_new(each) for each in (message(1), message(2), message(2), message(1), message(1, time=1001))] == [
        False, True, False, False, True,
    ]  # fmt: skip
    assert followed.held() == [Held(ChannelPosition(b"a", 1, 1001, 1), 1)]


def test_a_channel_goes_on_as_another_one() -> None:
    followed = FollowedChannels()
    followed.follow(ChannelPosition(b"a", 1, 1000, 1))
    followed.go_on(ChannelPosition(b"a", 2))
    followed.go_on(ChannelPosition(b"none", 2))
    assert followed.held() == [Held(ChannelPosition(b"a", 2), 1)]
    assert followed.end(b"a") and not followed.end(b"a")
    assert followed.held() == []
