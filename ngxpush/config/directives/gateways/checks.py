"""nginx's checks of proxy, fastcgi, uwsgi, scgi and grpc for each server and location, when the http block closes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...directive import Check, DirectiveUse, RefusedDirective, Scope
from ...in_force import argument
from ...text import shown
from ...tls_files import REVOKED, TRUSTED, ciphers_fault, file_fault, pair_fault
from ..http.merged import merged_scopes, used_inside
from .slots import PassTarget

_PAGE = 4096


def _value(scope: Scope, name: str, default: Any) -> Any:
    setting = scope.effective(name)
    return default if setting is None or setting.value is None else setting.value


def check_gateway(prefix: str, buffers: bool = True) -> Check:
    """The check of the buffers, the cache and the TLS settings of one module, for each server and location.

    An error is reported once, even if a setting is wrong in many blocks.  buffers: whether the module has several buffers.
    """
    names = frozenset(f"{prefix}_{name}" for name in _CHECKED)

    def check(use: DirectiveUse, http: Scope) -> None:
        if names.isdisjoint(used_inside(http)) and not http.has_any(names):
            return  # the defaults are right
        said: set[str] = set()
        found: dict[int, list[tuple[str, str, bool]]] = {}
        for scope in merged_scopes(http):
            # Without one of the directives a block has what the block around it has.
            complaints = None if scope.has_any(names) else found.get(id(scope.parent))
            if complaints is None:
                complaints = list(_complaints(use, prefix, scope, buffers))
            found[id(scope)] = complaints
            for level, message, placed in complaints:
                if message not in said or level == "warn":
                    said.add(message)
                    use.report(level, message, fatal=level == "emerg", placed=placed)

    return check


_CHECKED = (
    *("buffers", "buffer_size", "busy_buffers_size", "temp_file_write_size", "max_temp_file_size", "cache", "cache_key"),
    *("pass", "ssl_ciphers", "ssl_certificate", "ssl_certificate_key", "ssl_verify", "ssl_trusted_certificate", "ssl_crl"),
)
"""What the complaints are about."""


def _complaints(use: DirectiveUse, prefix: str, scope: Scope, several_buffers: bool) -> Iterator[tuple[str, str, bool]]:
    """For each complaint: the level, the message, and whether a place follows it."""
    buffers = _buffers_complaint(prefix, scope) if several_buffers else None
    if buffers is not None:
        yield "emerg", buffers, True
    zone = scope.effective(f"{prefix}_cache")
    if zone is not None and zone.value is not None:
        name = zone.value.constant
        if name is not None and not _zone_size(use, name):
            yield "emerg", f'"{prefix}_cache" zone "{shown(name)}" is unknown', True
        if prefix != "proxy" and scope.effective(f"{prefix}_cache_key") is None:
            yield "warn", f'no "{prefix}_cache_key" for "{prefix}_cache"', True
    ssl = _ssl_complaint(use, prefix, scope)
    if ssl is not None:
        yield "emerg", ssl, False


def _zone_size(use: DirectiveUse, name: bytes) -> int:
    zone = use.cycle.shared_memory.get(name)
    return 0 if zone is None else zone.size


def _buffers_complaint(prefix: str, scope: Scope) -> str | None:
    count, each = _value(scope, f"{prefix}_buffers", (8, _PAGE))
    if count < 2:
        return f'there must be at least 2 "{prefix}_buffers"'
    largest = max(_value(scope, f"{prefix}_buffer_size", _PAGE), each)
    largest_words = f'the maximum of the value of "{prefix}_buffer_size" and one of the "{prefix}_buffers"'
    busy = _value(scope, f"{prefix}_busy_buffers_size", 2 * largest)
    if busy < largest:
        return f'"{prefix}_busy_buffers_size" must be equal to or greater than {largest_words}'
    if busy > (count - 1) * each:
        return f'"{prefix}_busy_buffers_size" must be less than the size of all "{prefix}_buffers" minus one buffer'
    if _value(scope, f"{prefix}_temp_file_write_size", 2 * largest) < largest:
        return f'"{prefix}_temp_file_write_size" must be equal to or greater than {largest_words}'
    most = _value(scope, f"{prefix}_max_temp_file_size", 1 << 30)
    if most and most < largest:
        equal = "must be equal to zero to disable temporary files usage or must be equal to or greater than"
        return f'"{prefix}_max_temp_file_size" {equal} {largest_words}'
    return None


def _ssl_complaint(use: DirectiveUse, prefix: str, scope: Scope) -> str | None:
    """nginx's message about the TLS settings of an upstream with TLS, in the order in which OpenSSL gets them."""
    target = scope.own(f"{prefix}_pass")
    if target is None or not isinstance(target.value, PassTarget) or not target.value.secure:
        return None
    ciphers = argument(scope, f"{prefix}_ssl_ciphers")
    if ciphers is not None and (fault := ciphers_fault(use, ciphers)):
        return fault
    certificate, key = argument(scope, f"{prefix}_ssl_certificate"), argument(scope, f"{prefix}_ssl_certificate_key")
    if certificate is not None and key is None:
        return f'no "{prefix}_ssl_certificate_key" is defined for certificate "{shown(certificate)}"'
    if certificate is not None and key is not None and (fault := pair_fault(use, certificate, key)):
        return fault
    return _verification_complaint(use, prefix, scope) if _value(scope, f"{prefix}_ssl_verify", False) else None


def _verification_complaint(use: DirectiveUse, prefix: str, scope: Scope) -> str | None:
    trusted, revoked = argument(scope, f"{prefix}_ssl_trusted_certificate"), argument(scope, f"{prefix}_ssl_crl")
    if not trusted:
        return f"no {prefix}_ssl_trusted_certificate for {prefix}_ssl_verify"
    return file_fault(use, TRUSTED, trusted) or (file_fault(use, REVOKED, revoked) if revoked else None)


def check_late_values(name: str) -> Check:
    """The check of the variables in a directive with `LateValue`, which nginx checks only here."""

    def check(use: DirectiveUse, http: Scope) -> None:
        for scope in [http, *merged_scopes(http)]:
            for setting in scope.all(name):
                if setting.value is None:
                    continue
                try:
                    use.complex_value(setting.value.value.text)
                except RefusedDirective as error:
                    use.refused(error)

    return check
