"""PS104: allow rules that deny no one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...config.directive import Setting
from ...config.places import Context
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject

_HOLDERS = (Context.HTTP, Context.SERVER, Context.LOCATION, Context.LIMIT_EXCEPT)


def check(subject: Subject) -> Iterator[Finding]:
    for scope in subject.scopes(*_HOLDERS):
        allowed = scope.all("allow")
        if allowed and not scope.all("deny") and not _opens_on_purpose(allowed):
            yield RULE.finding(
                allowed[0].statement.start,
                "allow without deny lets everyone in: an address that matches no rule is allowed",
                "deny all;",
                len(b"allow"),
            )


def _opens_on_purpose(allowed: Sequence[Setting]) -> bool:
    """`allow all` lifts an outer denial."""
    return any(setting.statement.arguments[0] == b"all" for setting in allowed)


RULE = Rule(
    code="PS104",
    name="allow-without-deny",
    level=Level.WARNING,
    what="A block with allow rules and no deny.",
    why="nginx takes the first rule that matches the address, and allows an address that matches none; "
    "the rules of a block also replace those of the blocks around it, so an outer deny does not help.",
    bad="""\
    location /pub {
      allow 127.0.0.1;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    good="""\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    near_misses=(
        """\
    deny all;
    location /open { allow all; return 200; }
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_access_module.html",),
    check=check,
)
