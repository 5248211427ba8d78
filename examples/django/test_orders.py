"""What guests see of their orders."""

import json

import pytest


@pytest.fixture(autouse=True)
def push_url(settings, ngxpush_server):
    """The application publishes to the server of the test: `listen 127.0.0.1:9080` has another port there."""
    settings.PUSH_URL = ngxpush_server.urls["127.0.0.1:9080"]


def test_a_guest_hears_of_an_order(client, ngxpush_server):
    with ngxpush_server.subscribe("order-7", "eventsource") as guest:
        client.post("/orders/7", {"state": "in the oven"})
        message = guest.next()
    assert message.event_type == "state"
    assert json.loads(message.text) == {"order": 7, "state": "in the oven"}


def test_orders_are_apart(client, ngxpush_server):
    client.post("/orders/7", {"state": "ready"})
    assert list(ngxpush_server.channels()) == ["order-7"]
    assert ngxpush_server.messages("order-8") == []


def test_a_late_guest_hears_what_was_said_within_ten_minutes(client, ngxpush_server):
    client.post("/orders/7", {"state": "ready"})
    ngxpush_server.advance(9 * 60)
    assert len(ngxpush_server.messages("order-7")) == 1
    ngxpush_server.expire()
    assert ngxpush_server.messages("order-7") == []
