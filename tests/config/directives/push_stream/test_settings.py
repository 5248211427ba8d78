"""The zone in the settings of the push stream module."""

from __future__ import annotations

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from tests.machine import Machine


def test_the_size_and_the_name_of_the_zone() -> None:
    named = PushStreamMain(shared_memory=(1 << 20, b"chat"))
    assert (named.shared_memory_size, named.shared_memory_zone) == (1 << 20, b"chat")
    unset = PushStreamMain()
    assert (unset.shared_memory_size, unset.shared_memory_zone) == (None, b"push_stream_module")


def test_from_which_locations_a_template_is_inherited() -> None:
    conf = b"""events {} http { push_stream_shared_memory_size 1m; push_stream_footer_template F; server {
        location /a { push_stream_subscriber eventsource; push_stream_channels_path a; push_stream_message_template M;
            location /a/b {
                location /a/b/c { push_stream_subscriber websocket; push_stream_channels_path a; push_stream_header_template H;
                    if ($arg_a) { push_stream_store_messages on; } } } } } }"""
    analysis = analyze("/nginx.conf", "/", system=Machine({"/nginx.conf": conf}))
    http = compile_configuration(analysis).http
    assert http is not None
    es, ws = SubscriberMode.EVENTSOURCE, SubscriberMode.WEBSOCKET
    inherited = [
        (settings.subscriber, settings.header_inherited, settings.message_inherited, settings.footer_inherited)
        for settings in http.each(PushStreamLocation)
    ]
    assert inherited == [
        (None, (), (), ()),
        (es, (), (), ()),
        (None, (es,), (es,), (es,)),
        (ws, (), (es,), (es,)),
        (ws, (ws,), (es, ws), (es, ws)),
    ]
