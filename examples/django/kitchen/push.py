"""Publishing to the push server."""

import json
from urllib.parse import quote
from urllib.request import Request, urlopen

from django.conf import settings


def publish(channel: str, event_type: str, data: dict[str, object]) -> None:
    """Publish data as JSON. Raises OSError where the push server does not take it."""
    request = Request(
        f"{settings.PUSH_URL}/publish?channel={quote(channel, safe='')}",
        data=json.dumps(data).encode(),
        headers={"Event-Type": event_type},
    )
    with urlopen(request, timeout=5):
        pass
