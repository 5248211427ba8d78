"""The subscribers of this process, and how messages are passed on to them.

To deliver a message is the hottest path of the program (`audiences`): each subscriber costs one call of its `write`.  Nothing
else happens per subscriber: no timer is restarted, nothing is allocated.  Only when a ping timer expires does it look up when its
channels had their messages (`ping_times`).

News go out in the next turn of the event loop, those of one turn together: the module's worker sends itself a message. So
whoever asks in the same turn, also the publisher with its next request in one segment, still finds the long-polling subscribers
that will be answered, and the line of a publish comes before theirs in an access log (recording
found_causes/push-pipelined-publish-and-info).  So does whoever subscribes in the same turn: it gets them, too (recordings
found_causes/push-waiting-behind-a-publish, push-streaming-behind-a-publish).  But before one with old messages joins, what waits
goes out: no one gets as news what it has got as an old message. The module would send it twice.

Subscribers end in the order in which they have subscribed, whatever their modes: when their channel is deleted, and at a stop or
reload (recording found_causes/push-order-of-ends).
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from ..config.directives.push_stream.padding import Padding
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from .audiences import Audience, Heard, OpenSubscriber, Subscriber, WaitingSubscriber, deliver
from .delivery import Delivery, Repeated
from .lifetimes import SLICE_INTERVAL
from .messages import Message
from .observing import QuestionObserver
from .operations import Resume, SharedZone, Unsubscribe
from .padding import Paddings
from .ping_times import MessageTimes
from .question import Clock, Encoding, RunDetached
from .templates import Templates

_NOWHERE = Resume()

# Subscribers that end in one slice: some milliseconds of work.
_ENDED_AT_ONCE = 100

# Bytes of messages that are joined for a subscriber, or some more: what is kept for one that does not read stays bounded.
_JOINED_AT_ONCE = 32 * 1024


class Stage(enum.Enum):
    """What a worker still does for subscribers.

    OPEN: everything.  QUITTING: no ping is sent any more after the next one, as in nginx, so that only a ttl makes a worker
    that quits wait for its subscribers.  CLOSED: whoever subscribes gets the beginning of the answer and, at once, its end.
    Otherwise a client whose connection is older than a reload would wait in a worker that hears of no messages.
    """

    OPEN = enum.auto()
    QUITTING = enum.auto()
    CLOSED = enum.auto()


# Python 3.11 looks a member up by several calls, and each subscriber compares it.
_CLOSED = Stage.CLOSED


class PushWorker:
    """The push engine of a worker: the registry channel → subscribers, and what handlers need. It is the zone's Recipient.

    name: the worker's, unique over all machines.  zone: the zone as handlers use it; replaced at a reload.
    run: drives a coroutine that no one waits for.  observer: hears of questions and subscribers; None for no one.
    next_turn: has something done in the next turn of the event loop.  stage: changed by `quit`, `end_all` and `end_soon`.
    """

    __slots__ = (
        "_audiences",
        "_deliveries",
        "_joined",
        "_news",
        "_passing",
        "_subscribers",
        "clock",
        "main",
        "name",
        "next_turn",
        "observer",
        "paddings",
        "run",
        "stage",
        "templates",
        "zone",
    )

    def __init__(
        self,
        name: str,
        main: PushStreamMain,
        templates: Templates,
        paddings: Paddings,
        zone: SharedZone,
        clock: Clock,
        run: RunDetached,
        next_turn: Callable[[Callable[[], None]], object],
    ) -> None:
        self.name = name
        self.main = main
        self.templates = templates
        self.paddings = paddings
        self.zone = zone
        self.clock = clock
        self.run = run
        self.next_turn = next_turn
        self.observer: QuestionObserver | None = None
        self.stage = Stage.OPEN
        self._joined = 0  # subscribers so far
        self._subscribers: dict[Subscriber, int] = {}  # each with its number, in their order
        self._audiences: dict[bytes, Audience] = {}
        self._news: list[tuple[Audience, Message, list[Subscriber] | None]] = []
        # Those of this turn that are still to be passed on.
        self._passing: deque[tuple[Audience, Message, list[Subscriber] | None]] = deque()
        self._deliveries: dict[tuple[int, Encoding, Padding | None], tuple[PushStreamLocation, Delivery]] = {}

    def delivery(self, settings: PushStreamLocation, encoding: Encoding, padding: Padding | None = None) -> Delivery:
        """The delivery of a location's subscribers with that encoding and padding: always the same object."""
        key = (id(settings), encoding, padding)
        known = self._deliveries.get(key)
        if known is None:
            delivery = Delivery(settings, self.templates.of(settings), encoding, self.paddings, padding)
            known = self._deliveries[key] = (settings, delivery)
        return known[1]

    def add_open(self, client: OpenSubscriber, resume: Resume = _NOWHERE, has_old: bool = False) -> None:
        """Pass the messages of its channels on to `client` from now on.

        resume: where it left off.  has_old: it gets old messages, and what is new may be among them: that goes out to the others
        first.
        """
        if has_old:
            self._pass_on()
        else:
            self._pass_on_what_it_has(client, resume)
        for id in dict.fromkeys(client.channels):
            times = client.channels.count(id)
            group = self._audience(id).groups.setdefault(client.delivery, {})
            group[client] = client.write if times == 1 else Repeated(client.write, times)
        self._add(client)

    def add_waiting(self, client: WaitingSubscriber, resume: Resume = _NOWHERE) -> None:
        """Pass the next message of any of its channels on to `client`: it has no old message, so what is new is new for it.

        But not what is passed on right now: the client whose request stood before its own is among those who get it.
        resume: where it left off.
        """
        self._pass_on_what_it_has(client, resume)
        for id in client.channels:
            self._audience(id).waiting[client] = None
        self._add(client)

    def _pass_on_what_it_has(self, client: Subscriber, resume: Resume) -> None:
        """Pass on what a client must not get that joins now: the rest of an earlier turn, and what it has got already.

        It may come from another worker, which was faster with the same message.
        """
        for _, message, ending in self._news:
            if ending is None and message.channel in client.channels and resume.has(message):
                self._pass_on()
                return
        self._pass_on_rest()

    def remove_open(self, client: OpenSubscriber) -> None:
        """Forget a client, here and in the zone. To be called once."""
        for id, audience in self._known(client):
            group = audience.groups[client.delivery]
            del group[client]
            if not group:
                del audience.groups[client.delivery]
            self._drop_if_empty(id, audience)
        self._left(client)

    def remove_waiting(self, client: WaitingSubscriber) -> None:
        """Forget a client, here and in the zone, unless that is done."""
        if client in self._subscribers:
            self._wait_no_more(client)
            self._left(client)

    def _wait_no_more(self, client: WaitingSubscriber) -> None:
        for id in client.channels:
            audience = self._audiences.get(id)
            if audience is not None:  # None: it names the channel twice, and was the only one there
                audience.waiting.pop(client, None)
                self._drop_if_empty(id, audience)

    def audience_of(self, id: bytes) -> Audience | None:
        """Who is subscribed to a channel here; None: no one."""
        return self._audiences.get(id)

    def message_times(self, channels: tuple[bytes, ...]) -> list[MessageTimes]:
        """When each of the channels had its messages."""
        return [self._audiences[id].times for id in dict.fromkeys(channels)]

    def message(self, message: Message) -> None:
        """Pass a new message on to the subscribers of its channel, in the next turn."""
        audience = self._audiences.get(message.channel)
        if audience is not None:
            if self.observer is not None:
                self.observer.heard(audience.size)
            self._add_news(audience, message)

    def deleted(self, message: Message) -> None:
        """The channel is gone: its subscribers get its last message, and those that have no other channel end."""
        audience = self._audiences.pop(message.channel, None)
        if audience is None:
            return
        clients: list[Subscriber] = [*(client for group in audience.groups.values() for client in group), *audience.waiting]
        for client in clients:
            _lose(client, message.channel)
        clients.sort(key=self._subscribers.__getitem__)
        self._add_news(audience, message, clients)

    def _add_news(self, audience: Audience, message: Message, ending: list[Subscriber] | None = None) -> None:
        """ending: the subscribers of a deleted channel, whose last message it is."""
        self._news.append((audience, message, ending))
        if len(self._news) == 1:
            self.next_turn(self._pass_on)

    def _pass_on(self) -> None:
        """Pass on what is new, as much at once as is written at once.

        A client that is answered here may have sent another subscription behind its request. That one passes the rest on first.
        """
        if self._news:
            self._passing.extend(self._news)
            self._news = []
        self._pass_on_rest()

    def _pass_on_rest(self) -> None:
        while self._passing:
            together = self._next_together()
            if together:
                deliver(together, self.clock.now())
                # Later: who is answered may come again at once, and then has these messages already.
                for audience, message in together:
                    self._answer(audience, message)
                continue
            audience, message, ending = self._passing.popleft()
            assert ending is not None
            self._dismiss(audience, message, ending)

    def _answer(self, audience: Audience, message: Message) -> None:
        """Answer those who wait for a message. They leave together: that is one change of the zone, not one for each."""
        clients = tuple(audience.waiting)
        channels: list[bytes] = []
        for client in clients:
            self._wait_no_more(client)
            del self._subscribers[client]
            channels += client.channels
            client.channels = ()
        if clients:
            self.zone.post(Unsubscribe(self.name, tuple(channels), len(clients)))
        for client in clients:
            client.message(message)

    def _next_together(self) -> list[Heard]:
        """The news that are written at once now; none where the next is the last message of a deleted channel."""
        together: list[Heard] = []
        size, passing = 0, self._passing
        while passing and passing[0][2] is None and size < _JOINED_AT_ONCE:
            audience, message, _ = passing.popleft()
            together.append((audience, message))
            size += len(message.text)
        return together

    def _dismiss(self, audience: Audience, message: Message, in_order: list[Subscriber]) -> None:
        """Pass on the last message of a deleted channel. Subscribers end after all have got it; many end in slices."""
        ends: dict[Subscriber, Callable[[], None]] = {}
        for delivery, group in audience.groups.items():
            payload = delivery.encode(message)
            for client, write in tuple(group.items()):
                if payload:
                    write(payload)
                else:
                    client.empty()
                if not client.channels:
                    ends[client] = client.end
        for waiting in audience.waiting:
            ends[waiting] = partial(waiting.message, message)
        self._end_in_slices(ends[client] for client in in_order if client in ends)

    def quit(self) -> None:
        """The worker ends when no one needs it any more."""
        if self.stage is Stage.OPEN:
            self.stage = Stage.QUITTING

    def end_all(self) -> None:
        """End every subscriber, and those that still come, at once: the worker stops. Reference section 9."""
        self._pass_on()
        self.stage = Stage.CLOSED
        for client in self._staying():
            client.end()

    def end_soon(self) -> None:
        """The same in slices: the configuration is replaced."""
        self.stage = Stage.CLOSED
        self.end_present()

    def end_present(self) -> None:
        """End in slices those that are subscribed now. Until its end a subscriber gets the messages of its channels."""
        self._pass_on()
        clients = self._staying()
        for client in clients[:_ENDED_AT_ONCE]:
            client.end()
        self._end_in_slices(client.end for client in clients[_ENDED_AT_ONCE:])

    def _end_in_slices(self, ends: Iterator[Callable[[], None]]) -> None:
        """Call each of these, the first ones in the next turn of the loop."""
        some = list(islice(ends, _ENDED_AT_ONCE))
        for end in some:
            self.clock.call_later(0, end)
        if some:
            self.clock.call_later(SLICE_INTERVAL, partial(self._end_in_slices, ends))

    @property
    def has_timers(self) -> bool:
        """Whether something happens to a subscriber by itself at a certain time."""
        return any(client.has_timer for client in self._subscribers if client.channels)

    @property
    def subscribers(self) -> int:
        """How many clients are subscribed here."""
        return len(self._subscribers)

    def _staying(self) -> list[Subscriber]:
        """Those whose end has not begun, in their order. Who has lost all channels ends already."""
        return [client for client in self._subscribers if client.channels]

    def _add(self, client: Subscriber) -> None:
        self._joined += 1
        self._subscribers[client] = self._joined
        if self.stage is _CLOSED:
            self.clock.call_later(0, client.end)

    def _audience(self, id: bytes) -> Audience:
        audience = self._audiences.get(id)
        if audience is None:
            audience = self._audiences[id] = Audience()
        return audience

    def _known(self, client: Subscriber) -> list[tuple[bytes, Audience]]:
        return [(id, self._audiences[id]) for id in dict.fromkeys(client.channels)]

    def _drop_if_empty(self, id: bytes, audience: Audience) -> None:
        if not audience.groups and not audience.waiting:
            del self._audiences[id]

    def _left(self, client: Subscriber) -> None:
        del self._subscribers[client]
        channels, client.channels = client.channels, ()
        self.zone.post(Unsubscribe(self.name, channels))


def _lose(client: Subscriber, id: bytes) -> None:
    client.channels = tuple([channel for channel in client.channels if channel != id])
