"""When pings are due."""

from __future__ import annotations

import pytest

from ngxpush.push import ping_times
from ngxpush.push.ping_times import MessageTimes, begun


def messages(*times: float) -> MessageTimes:
    made = MessageTimes()
    for time in times:
        made.add(time)
    return made


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param([], 1.0, id="no message"),
        pytest.param([0.5], 1.0, id="one before"),
        pytest.param([1.125], 1.0, id="one so soon that the timer stays"),
        pytest.param([1.5], 1.5, id="one that puts the ping off"),
        pytest.param([1.2, 1.4], 1.4, id="only the second one"),
        pytest.param([1.4, 1.6], 1.4, id="only the first one"),
        pytest.param([1.2, 1.4, 1.6, 1.8], 1.8, id="every other one"),
    ],
)
def test_messages_put_the_ping_off(times: list[float], expected: float) -> None:
    assert begun(1.0, [messages(*times)]) == expected
    assert begun(1.0, [messages(*times[::2]), messages(*times[1::2])]) == expected


def test_of_messages_that_are_close_only_the_first_and_the_last_are_kept() -> None:
    assert messages(1.0, 1.001, 1.002, 1.009, 1.02).times == [1.0, 1.009, 1.02]


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ping_times, "_MOST", 4)
    assert messages(1, 2, 3, 4).times == [1, 2, 3, 4]
    assert messages(1, 2, 3, 4, 5).times == [3, 4, 5]
