"""A client of push servers: ngxpush, nginx with the push stream module, and others that speak as they do (nchan).

`subscribe` and `publish` are what users need; both take a session of `open_session`, or make one for themselves:

    async with contextlib.aclosing(subscribe("http://127.0.0.1:8080/ev/news")) as messages:
        async for message in messages:
            print(message.text)

    published = await publish("http://127.0.0.1:8080/pub?id=news", b"hello")
    print(published.subscribers)

What is done without I/O has modules of its own: `message_pattern` (a message template, read backwards), `event_stream` and
`pieces` (bodies cut into messages), `resume_point` (where a subscriber goes on) and `answer_mode` (how a location speaks).
"""

from .failures import FAILURES, NotReached, UnexpectedAnswer, WrongMode
from .publishing import PublishAnswer, publish
from .received_message import ReceivedMessage
from .resume_point import ResumePoint
from .session import open_session
from .subscribing import subscribe

__all__ = [
    "FAILURES",
    "NotReached",
    "PublishAnswer",
    "ReceivedMessage",
    "ResumePoint",
    "UnexpectedAnswer",
    "WrongMode",
    "open_session",
    "publish",
    "subscribe",
]
