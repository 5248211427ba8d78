"""The push stream module's checks of a complete http block, in the module's order and with its messages."""

from __future__ import annotations

from ...directive import Check, Directive, DirectiveUse, Scope, Setting
from ...places import Context
from ...text import shown
from .padding import InvalidPadding, parse_paddings
from .settings import ROLES, SubscriberMode

UNUSED = "ngx_http_push_stream_module will not be used with this configuration."
"""What nginx notes at start when no location is a publisher, a subscriber or statistics, or when there is no http block."""

_MODULE = "push stream module:"
_LOCATIONS = (Context.LOCATION, Context.LOCATION_IF, Context.LIMIT_EXCEPT)


def check_of(rows: tuple[Directive, ...]) -> Check:
    """The check of a module with these rows: first http, then each location with a role. Values are checked in this order."""
    refusing = [row for row in rows if row.not_zero or row.not_blank]
    of_http = [row for row in refusing if row.contexts is Context.HTTP]
    of_locations = [row for row in refusing if row.contexts is not Context.HTTP]

    def check(use: DirectiveUse, http: Scope) -> None:
        locations = _with_roles(http)
        if not locations:
            use.cycle.notice(UNUSED)
            return
        if http.lacks("push_stream_shared_memory_size"):
            _complain(use, "push_stream_shared_memory_size must be set.")
        for row in of_http:
            _check_value(use, http, row)
        for scope, role in locations:
            if scope.effective("push_stream_channels_path") is None and not _uncertain(scope):
                _complain(use, "push_stream_channels_path must be set.", role)
            for row in of_locations:
                if not (row.not_blank and role.value is SubscriberMode.EVENTSOURCE):
                    _check_value(use, scope, row)
            _check_wildcards(use, http, scope)
            _check_padding(use, scope, role)

    return check


def _with_roles(http: Scope) -> list[tuple[Scope, Setting]]:
    """The locations with a role, and the directive that gives it: the last one in it, else that of the location around it."""
    roles: dict[int, Setting] = {}
    found = []
    for scope in http.walk():
        if scope.context in _LOCATIONS:
            own = [setting for setting in scope.settings if setting.directive.name in ROLES] if scope.has_any(ROLES) else []
            role = own[-1] if own else roles.get(id(scope.parent))
            if role is not None:
                roles[id(scope)] = role
                found.append((scope, role))
    return found


def _check_wildcards(use: DirectiveUse, http: Scope, scope: Scope) -> None:
    limit = http.own("push_stream_max_number_of_wildcard_channels")
    most = scope.effective("push_stream_wildcard_channel_max_qtd") or limit
    prefix = http.own("push_stream_wildcard_channel_prefix")
    if most is None or not most.value:
        return
    blank = http.lacks("push_stream_wildcard_channel_prefix") if prefix is None else prefix.value == b""
    if blank:
        _complain(use, "cannot set wildcard channel max qtd if push_stream_wildcard_channel_prefix is not set or blank.", most)
    elif limit is not None and limit.value < most.value:
        message = "max number of wildcard channels cannot be smaller than value in push_stream_wildcard_channel_max_qtd."
        _complain(use, message, most)


def _check_padding(use: DirectiveUse, scope: Scope, role: Setting) -> None:
    setting = scope.effective("push_stream_padding_by_user_agent")
    if setting is None or not isinstance(role.value, SubscriberMode) or not setting.statement.arguments[0]:
        return
    try:
        for padding in parse_paddings(setting.statement.arguments[0]):
            sizes = f"header_min_len {padding.header_minimum}, message_min_len {padding.message_minimum}"
            use.report("info", f"{_MODULE} padding detected {shown(padding.agents.text)}, {sizes}")
    except InvalidPadding as error:
        use.report("error", f"{_MODULE} {error}")
        _complain(use, f"{_MODULE} unable to parse paddings by user agent", setting)


def _check_value(use: DirectiveUse, scope: Scope, row: Directive) -> None:
    """Refuse a value that may not be zero or blank, where it has an effect."""
    setting = scope.effective(row.name)
    if setting is None or setting.value is None:
        return
    if row.not_zero and setting.value == 0:
        _complain(use, f"{row.name} cannot be zero.", setting)
    if row.not_blank and setting.value == b"":
        _complain(use, f"{row.name} cannot be blank.", setting)


def _complain(use: DirectiveUse, message: str, about: Setting | None = None) -> None:
    use.report("error", f"{_MODULE} {message}", fatal=True, about=None if about is None else about.statement)


def _uncertain(scope: Scope | None) -> bool:
    """Whether something in the block or around it was not understood, and may have been meant as what seems to be missing."""
    while scope is not None and not scope.uncertain:
        scope = scope.parent
    return scope is not None
