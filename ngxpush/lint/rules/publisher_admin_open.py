"""PS101: an admin publisher that anyone can reach."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUBLISHER
from ..finding import Finding, Level
from ..reachability import is_guarded
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(PUBLISHER):
        if location.mode == "admin" and not is_guarded(location.scope):
            yield RULE.finding(
                location.position,
                "anyone can reach this admin publisher, publish to every channel and delete it",
                "allow 127.0.0.1;\ndeny all;",
                len(b"push_stream_publisher"),
            )


RULE = Rule(
    code="PS101",
    name="admin-publisher-open",
    level=Level.WARNING,
    what="A publisher in admin mode without anything that limits who may use it.",
    why="In admin mode a DELETE request removes a channel and disconnects its subscribers; whoever reaches "
    "the location can delete all channels.",
    bad="""\
    location /pub {
      push_stream_publisher admin;
      push_stream_channels_path $arg_id;
    }""",
    good="""\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher admin;
      push_stream_channels_path $arg_id;
    }""",
    near_misses=(
        """\
    location /pub {
      auth_basic "publishers";
      auth_basic_user_file passwords;
      push_stream_publisher admin;
      push_stream_channels_path $arg_id;
    }""",
        """\
    location /pub {
      internal;
      push_stream_publisher admin;
      push_stream_channels_path $arg_id;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_access_module.html",),
    check=check,
)
