"""How messages look through a template, for each kind of subscriber."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.messages import Message
from ngxpush.push.templates import Kind, Template, Templates, pieces, split_lines

MESSAGE = Message(7, b"news", b"Hello", 784111777, 3, event_id=b"42", event_type=b"headline")
EPOCH = b"Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (b"~text~", b"Hello"),
        (b"<~id~:~channel~/~size~/~tag~>", b"<7:news/5/3>"),
        (b"~event-id~ ~event-type~ ~time~", b"42 headline Sun, 06 Nov 1994 08:49:37 GMT"),
        (b"~TEXT~~Text~|~id~~id~", b"HelloHello|77"),
        (b"~texts~ ~ text~ ~id~id~", b"~texts~ ~ text~ 7id~"),
        (b"$host \\n", b"$host \\n"),
    ],
)
def test_tokens(template: bytes, expected: bytes) -> None:
    assert Template(template, Kind.PLAIN).format(MESSAGE) == expected


def test_tokens_in_a_message_are_not_filled_in() -> None:
    message = Message(1, b"~text~", b"~id~", 0, 0)
    assert Template(b"~channel~ ~text~ [~event-id~]", Kind.PLAIN).format(message) == b"~text~ ~id~ []"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (b"~text~", b"data: m\n\n"),
        (b"<~id~>~text~", b"data: <7>m\n\n"),
        (b"data: ~text~", b"data: m\n"),
        (b"data: ~text~\n", b"data: m\n\n"),
        (b"data:~text~", b"data: data:m\n\n"),
        (b"~text~\n", b"data: m\n\n\n"),
    ],
)
def test_an_eventsource_template_gets_the_data_prefix(template: bytes, expected: bytes) -> None:
    assert Template(template, Kind.EVENTSOURCE).format(replace(MESSAGE, text=b"m")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"ab\nc", b"data: 2:ab\ndata: 1:c\n\n"),
        (b"\n", b"\n"),
        (b"a\r", b"data: 2:a\r\n\n"),
    ],
)
def test_an_eventsource_message_is_formatted_line_by_line(text: bytes, expected: bytes) -> None:
    assert Template(b"~size~:~text~", Kind.EVENTSOURCE).format(replace(MESSAGE, text=text)) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\nb\r\nc", [b"a", b"b", b"c"]),
        (b"a\n\rb\nc", [b"a", b"b", b"c"]),
        (b"\n\na\r\n\r\n", [b"a"]),
        (b"a\rb", [b"a\rb"]),
        (b"a\rb\rc\nd\re", [b"a", b"b", b"c", b"d\re"]),
        (b"a\r\r\nb\r", [b"a", b"b\r"]),
        (b"\r", [b"\r"]),
        (b"a\nb\0c\nd", [b"a", b"b\0c\nd"]),
        (b"\0\n", [b"\0\n"]),
    ],
)
def test_lines(text: bytes, lines: list[bytes]) -> None:
    assert split_lines(text) == lines


def test_a_websocket_template_makes_a_frame() -> None:
    assert Template(b"~id~:~text~", Kind.WEBSOCKET).format(MESSAGE) == b"\x81\x077:Hello"


def location(mode: SubscriberMode | None = SubscriberMode.STREAMING, **settings: object) -> PushStreamLocation:
    return PushStreamLocation(subscriber=mode, **settings)  # type: ignore[arg-type]


def test_equal_templates_of_one_kind_share_an_index() -> None:
    locations = [
        location(message_template=b"a~text~"),
        location(None, message_template=b"of a publisher"),
        location(SubscriberMode.POLLING, message_template=b"a~text~"),
        location(SubscriberMode.EVENTSOURCE, message_template=b"a~text~"),
        location(SubscriberMode.WEBSOCKET, message_template=b"a~text~"),
    ]
    templates = Templates(PushStreamMain(), locations)
    assert [templates.of(settings).index for settings in locations if settings.subscriber] == [0, 0, 1, 2]
    assert templates.texts(MESSAGE) == (b"aHello", b"data: aHello\n\n", b"\x81\x06aHello")
    assert len(templates) == 3


@pytest.mark.parametrize(
    ("mode", "header", "footer", "ping", "timed_out"),
    [
        (SubscriberMode.STREAMING, b"H\n~id~", b"F", b"-1,,ping,0," + EPOCH, b"-3,,Timed out,0," + EPOCH),
        (SubscriberMode.EVENTSOURCE, b": H\n: ~id~\n", b": F\n", b": -1\n", b"data: -3,,Timed out,0," + EPOCH + b"\n\n"),
        (SubscriberMode.WEBSOCKET, b"\x81\x06H\n~id~", b"\x81\x01F", None, None),
    ],
)
def test_what_a_location_sends_besides_messages(
    mode: SubscriberMode, header: bytes, footer: bytes, ping: bytes | None, timed_out: bytes | None
) -> None:
    settings = location(
        mode, header_template=b"H\n~id~", footer_template=b"F", message_template=b"~id~,~channel~,~text~,~tag~,~time~"
    )
    sent = Templates(PushStreamMain(ping_message_text=b"ping"), [settings]).of(settings)
    assert (sent.header, sent.footer) == (header, footer)
    assert ping is None or (sent.ping, sent.timed_out) == (ping, timed_out)


@pytest.mark.parametrize(
    ("mode", "header"), [(SubscriberMode.STREAMING, b""), (SubscriberMode.EVENTSOURCE, b": \n"), (SubscriberMode.WEBSOCKET, b"")]
)
def test_without_header_and_footer_template(mode: SubscriberMode, header: bytes) -> None:
    settings = location(mode)
    sent = Templates(PushStreamMain(), [settings]).of(settings)
    assert (sent.header, sent.footer) == (header, b"")


_ES, _WS, _ST = SubscriberMode.EVENTSOURCE, SubscriberMode.WEBSOCKET, SubscriberMode.STREAMING


@pytest.mark.parametrize(
    ("modes", "mode", "header", "message", "footer"),
    [
        ((_WS,), _WS, b"\x81\x04\x81\x02HI", b"\x81\x05Hello", b"\x81\x05\x81\x03BYE"),
        ((_ES,), _WS, b"\x81\x05: HI\n", b"\x81\x0cdata: Hello\n", b"\x81\x06: BYE\n"),
        ((_ES, _WS), _ST, b"\x81\x05: HI\n", b"data: Hello\n", b"\x81\x06: BYE\n"),
        ((_WS,), _ES, b": \x81\x02HI\n", b"data: Hello\n\n", b": \x81\x03BYE\n"),
        ((_ST, _ES, _ES), _ES, b": HI\n", b"data: Hello\n\n", b": BYE\n"),
    ],
)
def test_each_location_lays_out_what_it_inherits(
    modes: tuple[SubscriberMode, ...], mode: SubscriberMode, header: bytes, message: bytes, footer: bytes
) -> None:
    settings = location(
        mode,
        header_template=b"HI",
        footer_template=b"BYE",
        header_inherited=modes,
        message_inherited=modes,
        footer_inherited=modes,
    )
    templates = Templates(PushStreamMain(), [settings])
    sent = templates.of(settings)
    text = templates.texts(MESSAGE)[sent.index]
    assert (sent.header, text, sent.footer) == (header, message, footer)


@pytest.mark.parametrize(
    ("template", "header", "footer"),
    [
        (b": ", b": ", b": "),
        (b": a\nb", b": a\nb", b": a\nb"),
        (b":a\nb", b": :a\n: b\n", b": :a\n: b\n"),
        (b"\n", b"", b""),
        (b"", b": \n", b""),
    ],
)
def test_comments_of_an_eventsource(template: bytes, header: bytes, footer: bytes) -> None:
    settings = location(_ES, header_template=template, footer_template=template)
    sent = Templates(PushStreamMain(), [settings]).of(settings)
    assert (sent.header, sent.footer) == (header, footer)


@pytest.mark.parametrize(
    ("kind", "event_id", "event_type", "text", "expected"),
    [
        (Kind.PLAIN, b"1", b"t", b"text", [b"text"]),
        (Kind.PLAIN, None, None, b"", [b""]),
        (Kind.EVENTSOURCE, b"1", b"t", b"text", [b"id: 1\n", b"event: t\n", b"text"]),
        (Kind.EVENTSOURCE, b"", None, b"text", [b"id: \n", b"text"]),
        (Kind.EVENTSOURCE, None, None, b"text", [b"text"]),
    ],
)
def test_pieces(kind: Kind, event_id: bytes | None, event_type: bytes | None, text: bytes, expected: list[bytes]) -> None:
    message = replace(MESSAGE, event_id=event_id, event_type=event_type, texts=(b"another", text))
    assert pieces(message, 1, kind) == expected


def test_a_stored_message_keeps_its_form_over_a_reload() -> None:
    before = Templates(PushStreamMain(), [location(message_template=b"old:~text~"), location(SubscriberMode.EVENTSOURCE)])
    after = Templates(
        PushStreamMain(),
        [location(message_template=b"new:~text~"), location(message_template=b"2:~text~"), location(SubscriberMode.EVENTSOURCE)],
    )
    message = replace(MESSAGE, texts=before.texts(MESSAGE))
    assert after.carried_over(message, before) == (b"old:Hello", b"2:Hello", b"data: Hello\n\n")
