"""proxy_redirect and proxy_cookie_domain, _path, _flags: changes in an answer's Location, Refresh and Set-Cookie.

Recordings: core_access_proxy/proxy-redirect-*, proxy-cookie-*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ....config.complex_value import ComplexValue
from ....config.directives.gateways.proxy import CookieFlags, ProxyLocation, Replacement
from ....config.pattern import Pattern
from ...request import Request
from ...variables.evaluation import evaluate, matches


class ProxyRewriting:
    """The rules of one request (`upstream.codec.Rewriting`)."""

    def __init__(self, request: Request, settings: ProxyLocation) -> None:
        self._request = request
        self._settings = settings

    @property
    def has_redirects(self) -> bool:
        """Whether there are rules: those of proxy_redirect, or the default one of a proxy_pass without variables."""
        rules, passed = self._settings.redirect, self._settings.pass_
        return any(rules) or (not rules and passed is not None and passed.address is not None)

    def redirect(self, target: bytes) -> bytes | None:
        """The Location (or the URL of a Refresh) rewritten by the first rule that matches; None if none does."""
        request, settings = self._request, self._settings
        if not settings.redirect:
            return _redirect_default(request, settings, target)
        for rule in settings.redirect:
            if rule is None:
                return None
            rewritten = _redirect_default(request, settings, target) if rule.default else _replace_prefix(request, rule, target)
            if rewritten is not None:
                return rewritten
        return None

    def refresh(self, value: bytes) -> bytes:
        """A Refresh line with its `url=` rewritten."""
        place = value.lower().find(b"url=")
        if place < 0:
            return value
        rewritten = self.redirect(value[place + 4 :])
        return value if rewritten is None else value[: place + 4] + rewritten

    def set_cookie(self, value: bytes) -> bytes:
        """A Set-Cookie line with domain, path and flags rewritten; unchanged if no rule matches."""
        request, settings = self._request, self._settings
        cookie, *attributes = [_attribute(piece) for piece in value.split(b";")]
        changed = False
        for place, (name, text) in enumerate(attributes):
            if text is None:
                continue
            rewritten: bytes | None = None
            if name.lower() == b"domain":
                rewritten = _domain(request, settings.cookie_domain, text)
            elif name.lower() == b"path":
                rewritten = _path(request, settings.cookie_path, text)
            if rewritten is not None:
                attributes[place] = (name, rewritten)
                changed = True
        if cookie[1] is not None:
            changed = _apply_flags(request, settings.cookie_flags, cookie[0], attributes) or changed
        if not changed:
            return value
        return b"; ".join(name if text is None else b"%b=%b" % (name, text) for name, text in [cookie, *attributes])


def _redirect_default(request: Request, settings: ProxyLocation, target: bytes) -> bytes | None:
    """`proxy_redirect default`: the location's name replaces the URL of proxy_pass; a slash, if that has no URI."""
    passed = settings.pass_
    if passed is None or passed.address is None:
        return None
    source, replacement = passed.text.text, request.location.name
    if not passed.address.uri:
        source, replacement = source + b"/", b"/"
    return replacement + target[len(source) :] if target.startswith(source) else None


def _first(rules: Iterable[Replacement | None], apply: Callable[[Replacement], bytes | None]) -> bytes | None:
    for rule in rules:
        rewritten = None if rule is None else apply(rule)
        if rewritten is not None:
            return rewritten
    return None


def _replace_prefix(request: Request, rule: Replacement, text: bytes) -> bytes | None:
    """Apply a rule: with a pattern to the whole text, with a plain source to that beginning. None if it does not match."""
    if isinstance(rule.source, Pattern):
        return evaluate(request, rule.replacement) if matches(request, rule.source, text) else None
    source = evaluate(request, rule.source)
    if not text.startswith(source):
        return None
    return evaluate(request, rule.replacement) + text[len(source) :]


def _path(request: Request, rules: Iterable[Replacement | None], text: bytes) -> bytes | None:
    return _first(rules, lambda rule: _replace_prefix(request, rule, text))


def _domain(request: Request, rules: Iterable[Replacement | None], text: bytes) -> bytes | None:
    """Rewrite a domain, which is compared as a whole and in any letter case. Its leading dot is kept.

    The dot before either text of a rule does not count; that of the replacement for a pattern does.
    """

    def apply(rule: Replacement) -> bytes | None:
        if isinstance(rule.source, Pattern):
            return evaluate(request, rule.replacement) if matches(request, rule.source, text) else None
        bare = text.removeprefix(b".")
        if bare.lower() != _undotted(request, rule.source).lower():
            return None
        return text[: len(text) - len(bare)] + _undotted(request, rule.replacement)

    return _first(rules, apply)


def _undotted(request: Request, value: ComplexValue) -> bytes:
    """A text without the dot it is written with."""
    first = value.parts[0] if value.parts else b""
    text = evaluate(request, value)
    return text[1:] if isinstance(first, bytes) and first.startswith(b".") else text


Attributes = list[tuple[bytes, bytes | None]]


def _attribute(piece: bytes) -> tuple[bytes, bytes | None]:
    name, equals, value = piece.strip(b" ").partition(b"=")
    return name.strip(b" "), value.strip(b" ") if equals else None


_FLAGS = {b"secure": b"Secure", b"httponly": b"HttpOnly"}
_SAME_SITE = {b"strict": b"Strict", b"lax": b"Lax", b"none": b"None"}


def _apply_flags(request: Request, rules: Iterable[CookieFlags | None], cookie: bytes, attributes: Attributes) -> bool:
    """Set or remove the flags of the first rule for this cookie. Returns whether there is such a rule."""
    for rule in rules:
        if rule is None or not _is_meant(request, rule, cookie):
            continue
        for value in rule.flags:
            _apply_flag(evaluate(request, value).lower(), attributes)
        return True
    return False


def _is_meant(request: Request, rule: CookieFlags, cookie: bytes) -> bool:
    if isinstance(rule.cookie, Pattern):
        return matches(request, rule.cookie, cookie)
    return evaluate(request, rule.cookie).lower() == cookie.lower()


def _apply_flag(flag: bytes, attributes: Attributes) -> None:
    name, _, value = flag.partition(b"=")
    if name.startswith(b"no"):
        attributes[:] = [attribute for attribute in attributes if attribute[0].lower() != name[2:]]
        return
    new = (_FLAGS[name], None) if name in _FLAGS else (b"SameSite", _SAME_SITE.get(value, value))
    for place, (there, text) in enumerate(attributes):
        if there.lower() == name:
            # One that says the same stays as it is written.
            if new[1] is not None and (text or b"").lower() != value:
                attributes[place] = new
            return
    attributes.append(new)
