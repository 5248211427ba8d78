"""PS010: directives of older releases of the module."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.tree import Statement
from ..edits import replace_statement
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject

# What releases up to 0.3.x had → what to write now; {} stands for the arguments as written, None: leave it out.
_REPLACEMENTS: dict[bytes, str | None] = {
    b"push_stream_websocket": "push_stream_subscriber websocket",
    b"push_stream_eventsource_support": "push_stream_subscriber eventsource",
    b"push_stream_content_type": "default_type {}",
    b"push_stream_broadcast_channel_prefix": "push_stream_wildcard_channel_prefix {}",
    b"push_stream_broadcast_channel_max_qtd": "push_stream_wildcard_channel_max_qtd {}",
    b"push_stream_max_number_of_broadcast_channels": "push_stream_max_number_of_wildcard_channels {}",
    b"push_stream_min_message_buffer_timeout": "push_stream_message_ttl {}",
    b"push_stream_max_message_buffer_length": "push_stream_max_messages_stored_per_channel {}",
    b"push_stream_keepalive": None,
    b"push_stream_shared_memory_cleanup_objects_ttl": None,
}
_SET_VARIABLES = (b"$push_stream_channel_id", b"$push_stream_channels_path")


def check(subject: Subject) -> Iterator[Finding]:
    for diagnostic in subject.analysis.diagnostics:
        statement = diagnostic.statement
        if statement is not None and statement.name in _REPLACEMENTS:
            yield _finding(subject, statement, _REPLACEMENTS[statement.name])
    for _, setting in subject.settings("set"):
        if setting.statement.arguments[0] in _SET_VARIABLES:
            yield _finding(subject, setting.statement, "push_stream_channels_path {1}")


def _finding(subject: Subject, statement: Statement, replacement: str | None) -> Finding:
    edit = replace_statement(subject.analysis, statement, replacement)
    written = edit.replacement.decode("utf-8", "replace") if edit is not None else (replacement or "")
    return RULE.finding(
        statement.start,
        f"{_spelling(statement)} is the spelling of an older release of the module",
        written or "leave it out",
        len(statement.name),
        () if edit is None else (edit,),
    )


def _spelling(statement: Statement) -> str:
    """What is old about it: the directive, or the variable it sets."""
    words = (statement.name, *statement.arguments[:1]) if statement.name == b"set" else (statement.name,)
    return b" ".join(words).decode("utf-8", "replace")


RULE = Rule(
    code="PS010",
    name="legacy-spelling",
    level=Level.WARNING,
    what="A directive that only releases up to 0.3.x of the module knew.",
    why="Today's module does not know it: nginx refuses the file, or, for the old `set` variables, "
    "misses push_stream_channels_path.",
    bad="""\
    location /pub {
      push_stream_publisher;
      set $push_stream_channel_id $arg_id;
      push_stream_content_type "text/plain";
      deny all;
    }""",
    good="""\
    location /pub {
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      default_type "text/plain";
      deny all;
    }""",
    near_misses=(
        """\
    location /pub {
      set $channel_id $arg_id;
      push_stream_publisher;
      push_stream_channels_path $channel_id;
      deny all;
    }""",
    ),
    check=check,
)
