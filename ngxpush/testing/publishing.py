"""Publishing by a publisher location."""

from __future__ import annotations

from collections.abc import Mapping

from .control import WayTo


class PublishRefused(Exception):
    """A publisher location has not answered with a status of success. The text has its status and its reason."""


async def publish(
    way: WayTo, message: str | bytes, event_id: str | None, event_type: str | None, headers: Mapping[str, str]
) -> None:
    """Publish a message. Raises PublishRefused."""
    import aiohttp  # only now: it takes long to load

    fields = {"Event-Id": event_id, "Event-Type": event_type, "Host": way.host}
    all_headers = {**{name: value for name, value in fields.items() if value is not None}, **headers}
    data = message.encode() if isinstance(message, str) else message
    async with (
        aiohttp.ClientSession() as session,
        session.post(way.url, data=data, headers=all_headers, ssl=False, allow_redirects=False) as response,
    ):
        if response.status // 100 != 2:
            explain = response.headers.get("X-Nginx-PushStream-Explain", "")
            raise PublishRefused(f"{way.url} has answered {response.status} {response.reason} {explain}".strip())
