"""Who can reach a location, as far as the configuration shows it."""

from __future__ import annotations

from ..config.directive import Scope, Setting
from ..config.places import Context
from .subject import enclosing, ifs

_LOCAL = (b"127.", b"localhost", b"[::1]", b"unix:")
_REFUSALS = (b"400", b"401", b"403", b"404", b"405", b"410", b"444")


def is_guarded(scope: Scope) -> bool:
    """Whether something stands between anyone and this location.

    Guards are: addresses that are denied, a password, a subrequest that decides, a client certificate, `internal`, a limit_except
    with a denial, an `if` that refuses (a token or method check), a server that only listens on this machine, and, since
    it may be one, a directive in the location that is not understood, such as a third-party module's key check.
    """
    return (
        scope.uncertain
        or _denies(scope)
        or _asks_who(scope)
        or scope.own("internal") is not None
        or any(_denies(inner) or _asks_who(inner) for inner in scope.scopes if inner.context is Context.LIMIT_EXCEPT)
        or _refuses_in_if(scope)
        or listens_locally(scope)
    )


def listens_locally(scope: Scope) -> bool:
    """Whether the server of this scope listens on loopback addresses and unix sockets only."""
    server = enclosing(scope, Context.SERVER)
    listens = server.all("listen") if server is not None else []
    return bool(listens) and all(setting.statement.arguments[0].startswith(_LOCAL) for setting in listens)


def _denies(scope: Scope) -> bool:
    """Whether the nearest block with addresses denies the rest of them."""
    level: Scope | None = scope
    while level is not None and level.own("allow") is None and level.own("deny") is None:
        level = level.parent
    return level is not None and any(setting.statement.arguments[0] == b"all" for setting in level.all("deny"))


def _asks_who(scope: Scope) -> bool:
    for name in ("auth_basic", "auth_request", "ssl_verify_client", "secure_link"):
        found = scope.effective(name)
        if found is not None and found.statement.arguments[0] not in (b"off", b"optional", b"optional_no_ca"):
            return True
    return False


def _refuses_in_if(scope: Scope) -> bool:
    """An `if` of the location or of its server that answers with a refusal."""
    levels = [scope, enclosing(scope, Context.SERVER)]
    return any(
        _is_refusal(setting) for level in levels if level is not None for inner in ifs(level) for setting in inner.all("return")
    )


def _is_refusal(setting: Setting) -> bool:
    return setting.statement.arguments[0] in _REFUSALS
