"""PS010: directives of older releases of the module."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directive import Scope
from ...config.modules import find
from ...config.tree import Statement
from ..edits import replace_statement
from ..finding import Edit, Finding, Level
from ..rule import Rule
from ..subject import Subject

REPLACEMENTS: dict[bytes, str | None] = {
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
"""A directive of releases up to 0.3.x → what to write now; {} stands for the arguments as written, None: leave it out."""

_SET_VARIABLES = (b"$push_stream_channel_id", b"$push_stream_channels_path")
_SUBSCRIBER = b"push_stream_subscriber"


def check(subject: Subject) -> Iterator[Finding]:
    old = [
        diagnostic.statement
        for diagnostic in subject.analysis.diagnostics
        if diagnostic.statement is not None and diagnostic.statement.name in REPLACEMENTS
    ]
    for statement in old:
        scope = _scope(subject, statement)
        edits = () if scope is None else _rewrite(subject, scope, statement)
        yield _finding(statement, _written(subject, statement, REPLACEMENTS[statement.name]), edits)
    for scope, setting in subject.settings("set"):
        statement = setting.statement
        if statement.arguments[0] in _SET_VARIABLES:
            edits = _replace(subject, scope, statement, "push_stream_channels_path {1}")
            yield _finding(statement, _written(subject, statement, "push_stream_channels_path {1}"), edits)


def _finding(statement: Statement, instead: str, edits: tuple[Edit, ...]) -> Finding:
    message = f"{_spelling(statement)} is the spelling of an older release of the module"
    return RULE.finding(statement.start, message, instead, len(statement.name), edits)


def _written(subject: Subject, statement: Statement, replacement: str | None) -> str:
    edit = replace_statement(subject.analysis, statement, replacement)
    return f"{edit.replacement.decode('utf-8', 'replace')};" if edit is not None and edit.replacement else "leave it out"


def _scope(subject: Subject, statement: Statement) -> Scope | None:
    """The block that holds an unknown directive; None when it stands outside of all blocks of an included file."""
    for scope in subject.scopes():
        if scope.statement is not None and any(node is statement for node in scope.statement.block or ()):
            return scope
    return None


def _rewrite(subject: Subject, scope: Scope, statement: Statement) -> tuple[Edit, ...]:
    """The edits that are safe here."""
    if statement.name != b"push_stream_eventsource_support":
        return _replace(subject, scope, statement, REPLACEMENTS[statement.name])
    # It turned a push_stream_subscriber in the same block into an eventsource subscriber.
    role = scope.own(_SUBSCRIBER.decode())
    without = replace_statement(subject.analysis, statement, None)
    if without is None or not statement.arguments:
        return ()
    if statement.arguments[0] == b"off":
        return (without,)
    if role is None:
        return _replace(subject, scope, statement, REPLACEMENTS[statement.name])
    edit = replace_statement(subject.analysis, role.statement, "push_stream_subscriber eventsource")
    return () if edit is None else (edit, without)


def _replace(subject: Subject, scope: Scope, statement: Statement, replacement: str | None) -> tuple[Edit, ...]:
    """The one edit; none where the new directive is there already or is not allowed."""
    edit = replace_statement(subject.analysis, statement, replacement)
    if edit is None:
        return ()
    if replacement is not None:
        name = replacement.partition(" ")[0]
        if scope.own(name) is not None or find(name.encode(), scope.context) is None:
            return ()
    return (edit,)


def _spelling(statement: Statement) -> str:
    """What is old about it: the directive, or the variable it sets."""
    words = (statement.name, *statement.arguments[:1]) if statement.name == b"set" else (statement.name,)
    return b" ".join(words).decode("utf-8", "replace")


RULE = Rule(
    code="PS010",
    name="legacy-spelling",
    level=Level.WARNING,
    what="A directive that only releases of the module up to 0.3.x have.",
    why="Newer releases do not know it: nginx refuses the file because of the unknown directive, or, with the old `set` "
    "variables, because push_stream_channels_path is missing.",
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
    references=("https://github.com/wandenberg/nginx-push-stream-module/blob/master/CHANGELOG.textile",),
    check=check,
)
