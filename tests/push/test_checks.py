"""Who may subscribe to what, and which reason comes first."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.channels import Channel
from ngxpush.push.checks import subscription_refusal
from ngxpush.push.messages import Message
from ngxpush.push.operations import ChannelRequest, Refusal, Stay, Subscribe

MAIN = PushStreamMain(
    max_channel_id_length=8, max_subscribers_per_channel=2, events_channel_id=b"ev", wildcard_channel_prefix=b"bd_"
)
NOT_FOR_THIS = (403, b"Channel id not authorized for this method.")
TOO_LARGE = (400, b"Channel id is too large.")
NOT_AUTHORIZED = (403, b"Subscriber could not create channels.")
TOO_MANY_SUBSCRIBERS = (403, b"Subscribers limit per channel has been exceeded.")
EVENTS = (403, b"Subscription to events channel is not allowed.")
TOO_MANY_WILDCARDS = (403, b"Subscribed too much wildcard channels.")


@pytest.fixture
def channels() -> dict[bytes, Channel]:
    """Channels whose names say what is special about them."""
    made = {id: Channel(id, 1, False, 0, ()) for id in (b"stored", b"live", b"full", b"ev")}
    made[b"stored"].stored.append(Message(1, b"stored", b"m", 0, 1))
    made[b"stored"].subscribers = {"w1": 1}
    made[b"full"].subscribers = {"w1": 1, "w2": 1}
    return made


def check(
    channels: dict[bytes, Channel], ids: list[bytes], settings: dict[str, Any], main: PushStreamMain = MAIN
) -> Refusal | None:
    return subscription_refusal(Subscribe("w", tuple([ChannelRequest(id) for id in ids]), **settings), main, channels)


@pytest.mark.parametrize(
    ("ids", "settings", "expected"),
    [
        ([b"stored", b"ALL"], {}, NOT_FOR_THIS),
        ([b"a*"], {}, NOT_FOR_THIS),
        ([b"stored", b"much_too_long"], {}, TOO_LARGE),
        ([b"unknown"], {"authorized_channels_only": True}, NOT_AUTHORIZED),
        ([b"stored", b"live"], {"authorized_channels_only": True}, NOT_AUTHORIZED),
        ([b"stored", b"full"], {}, TOO_MANY_SUBSCRIBERS),
        ([b"full"], {"stay": Stay.NEVER}, TOO_MANY_SUBSCRIBERS),
        ([b"ev"], {}, EVENTS),
        ([b"bd_1"], {"wildcard_channel_max_qtd": 2}, TOO_MANY_WILDCARDS),
        ([b"a", b"bd_1", b"bd_2", b"bd_3"], {"wildcard_channel_max_qtd": 2}, TOO_MANY_WILDCARDS),
        # The order of the checks.
        ([b"full"], {"authorized_channels_only": True}, NOT_AUTHORIZED),
        ([b"full", b"ALL"], {}, TOO_MANY_SUBSCRIBERS),
        ([b"ALL", b"full"], {}, NOT_FOR_THIS),
        ([b"bd_1", b"full"], {"wildcard_channel_max_qtd": 0}, TOO_MANY_SUBSCRIBERS),
    ],
)
def test_refused(channels: dict[bytes, Channel], ids: list[bytes], settings: dict[str, Any], expected: tuple[int, bytes]) -> None:
    refusal = check(channels, ids, settings)
    assert refusal is not None
    assert (refusal.status, refusal.explain) == expected
    assert bool(refusal.logged) == (expected in (EVENTS, TOO_MANY_WILDCARDS, TOO_LARGE))


@pytest.mark.parametrize(
    ("ids", "settings"),
    [
        ([b"stored"], {"authorized_channels_only": True}),
        ([b"stored", b"bd_new"], {"authorized_channels_only": True, "wildcard_channel_max_qtd": 1}),
        ([b"a", b"bd_1", b"bd_2"], {"wildcard_channel_max_qtd": 2}),
        ([b"bd_1", b"bd_2"], {}),
        ([b"live", b"live"], {}),
        ([b"ev"], {"allow_connections_to_events_channel": True}),
        ([b"all", b"ALLx", b""], {}),
    ],
)
def test_granted(channels: dict[bytes, Channel], ids: list[bytes], settings: dict[str, Any]) -> None:
    assert check(channels, ids, settings) is None


def test_without_settings_nothing_is_special(channels: dict[bytes, Channel]) -> None:
    assert check(channels, [b"bd_1", b"ev", b"full", b"", b"x" * 1000], {}, PushStreamMain()) is None


def test_the_limit_of_wildcard_channels_is_also_that_of_a_subscriber(channels: dict[bytes, Channel]) -> None:
    main = PushStreamMain(wildcard_channel_prefix=b"bd_", max_number_of_wildcard_channels=1)
    assert check(channels, [b"bd_1"], {}, main) is not None
    assert check(channels, [b"bd_1", b"a"], {}, main) is None
    assert check(channels, [b"bd_1", b"a", b"bd_2"], {}, main) is not None
    assert check(channels, [b"bd_1", b"a", b"bd_2"], {"wildcard_channel_max_qtd": 2}, main) is None
