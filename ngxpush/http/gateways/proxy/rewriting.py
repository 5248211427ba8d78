"""proxy_redirect and proxy_cookie_domain, _path, _flags: changes in an answer's Location, Refresh and Set-Cookie.

Recordings: core_access_proxy/proxy-redirect-*, proxy-cookie-*.

When nginx replaces a part of a value by a text that is no longer, it writes that text, the rest and the byte after the rest over
the value that came, and $upstream_http_NAME shows it. When it replaces the whole value, or takes a longer text, the old value
stays (recording found-upstream/rewritten-in-place).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from ....config.complex_value import ComplexValue
from ....config.directives.gateways.proxy import CookieFlags, ProxyLocation, Replacement
from ....config.pattern import Pattern
from ...request import Request
from ...upstream.codec import Rewritten
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

    def rewrite(self, name: bytes, value: bytes) -> Rewritten | None:
        """See Rewriting.rewrite: a Location, the `url=` of a Refresh, or domain, path and flags of a Set-Cookie."""
        if name == b"location":
            return self._redirect(value, 0)
        if name == b"refresh":
            place = value.lower().find(b"url=")
            return None if place < 0 else self._redirect(value, place + 4)
        return self._set_cookie(value) if name == b"set-cookie" else None

    def _redirect(self, value: bytes, place: int) -> Rewritten | None:
        """What is from this place on, rewritten by the first rule that matches; None if none does."""
        target = value[place:]
        change = self._redirection(target)
        if change is None:
            return None
        return Rewritten(value[:place] + change.applied(target), change.left(value, place, len(target), len(value)))

    def _redirection(self, target: bytes) -> Change | None:
        request, settings = self._request, self._settings
        if not settings.redirect:
            return _redirect_default(request, settings, target)
        for rule in settings.redirect:
            if rule is None:
                return None
            change = _redirect_default(request, settings, target) if rule.default else _replace_prefix(request, rule, target)
            if change is not None:
                return change
        return None

    def _set_cookie(self, value: bytes) -> Rewritten | None:
        pieces = value.split(b";")
        cookie, *attributes = [_attribute(piece) for piece in pieces]
        changed, left, begin = False, value, len(pieces[0]) + 1
        for place, piece in enumerate(pieces[1:]):
            name, text = attributes[place]
            change = None if text is None else self._change_of_attribute(name.lower(), text)
            if text is not None and change is not None:
                attributes[place] = (name, change.applied(text))
                left = change.left(left, begin + _place_of_value(piece), len(text), len(text))
                changed = True
            begin += len(piece) + 1
        if cookie[1] is not None:
            changed = _apply_flags(self._request, self._settings.cookie_flags, cookie[0], attributes) or changed
        if not changed:
            return None
        line = b"; ".join(name if text is None else b"%b=%b" % (name, text) for name, text in [cookie, *attributes])
        return Rewritten(line, left)

    def _change_of_attribute(self, name: bytes, text: bytes) -> Change | None:
        if name == b"domain":
            return _domain(self._request, self._settings.cookie_domain, text)
        return _path(self._request, self._settings.cookie_path, text) if name == b"path" else None


class Change(Struct, frozen=True):
    """A part of a text, from `begin` to `end`, that is replaced."""

    begin: int
    end: int
    replacement: bytes

    def applied(self, text: bytes) -> bytes:
        """The new text."""
        return text[: self.begin] + self.replacement + text[self.end :]

    def left(self, line: bytes, place: int, length: int, whole: int) -> bytes:
        """What is left of the line that has the text, of that length, at that place. A part of length `whole` is all there is."""
        replaced = self.end - self.begin
        if replaced == whole or len(self.replacement) > replaced:
            return line
        memory = line + b"\0"
        written = self.replacement + memory[place + self.end : place + length + 1]
        begin = place + self.begin
        return (memory[:begin] + written + memory[begin + len(written) :])[: len(line)]


def _redirect_default(request: Request, settings: ProxyLocation, target: bytes) -> Change | None:
    """`proxy_redirect default`: the location's name replaces the URL of proxy_pass; a slash, if that has no URI."""
    passed = settings.pass_
    if passed is None or passed.address is None:
        return None
    source, replacement = passed.text.text, request.location.name
    if not passed.address.uri:
        source, replacement = source + b"/", b"/"
    return Change(0, len(source), replacement) if target.startswith(source) else None


def _first(rules: Iterable[Replacement | None], apply: Callable[[Replacement], Change | None]) -> Change | None:
    for rule in rules:
        change = None if rule is None else apply(rule)
        if change is not None:
            return change
    return None


def _replace_prefix(request: Request, rule: Replacement, text: bytes) -> Change | None:
    """Apply a rule: with a pattern to the whole text, with a plain source to that beginning. None if it does not match."""
    if isinstance(rule.source, Pattern):
        return Change(0, len(text), evaluate(request, rule.replacement)) if matches(request, rule.source, text) else None
    source = evaluate(request, rule.source)
    return Change(0, len(source), evaluate(request, rule.replacement)) if text.startswith(source) else None


def _path(request: Request, rules: Iterable[Replacement | None], text: bytes) -> Change | None:
    return _first(rules, lambda rule: _replace_prefix(request, rule, text))


def _domain(request: Request, rules: Iterable[Replacement | None], text: bytes) -> Change | None:
    """Rewrite a domain, which is compared as a whole and in any letter case. Its leading dot is kept.

    The dot before either text of a rule does not count; that of the replacement for a pattern does.
    """

    def apply(rule: Replacement) -> Change | None:
        if isinstance(rule.source, Pattern):
            return _replace_prefix(request, rule, text)
        bare = text.removeprefix(b".")
        if bare.lower() != _undotted(request, rule.source).lower():
            return None
        return Change(len(text) - len(bare), len(text), _undotted(request, rule.replacement))

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


def _place_of_value(piece: bytes) -> int:
    return len(piece) - len(piece.partition(b"=")[2].lstrip(b" "))


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
