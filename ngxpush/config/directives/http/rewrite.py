"""The rewrite module: set, if, rewrite, return and break. Their values are the steps of a script (`config.script`)."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, NONE, Arguments, Block, accepted
from ...complex_value import ComplexValue, Variable
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import Context
from ...script import (
    Break,
    Condition,
    Equals,
    FileTest,
    IsFile,
    IsTrue,
    Matches,
    Return,
    Rewrite,
    RewriteFlag,
    Set,
)
from ...slots import Flag
from ...text import shown
from ...values import parse_number

# A text that begins with one of these is a whole URL, to which the client is redirected.
_ADDRESSES = (b"http://", b"https://", b"$scheme")
_MOVED_PERMANENTLY, _MOVED_TEMPORARILY = 301, 302


class RewriteLocation(Struct, frozen=True):
    """Whether to warn of a variable that no `set` has given a value."""

    uninitialized_variable_warn: bool = True


class SetSlot:
    description = "variable and value"

    def parse(self, use: DirectiveUse) -> Set:
        name = use.variable_name(use.arguments[0])
        use.variables.empty_at_first(name)
        use.define(name)
        return Set(name.lower(), use.complex_value(use.arguments[1]), use.statement)


class ReturnSlot:
    description = "code and text, or URL"

    def parse(self, use: DirectiveUse) -> Return:
        first = use.arguments[0]
        status = parse_number(first)
        if status is None and len(use.arguments) == 1 and first.startswith(_ADDRESSES):
            return Return(_MOVED_TEMPORARILY, use.complex_value(first), use.statement)
        if status is None or status > 999:
            raise RefusedDirective(f'invalid return code "{shown(first)}"')
        if len(use.arguments) == 1:
            return Return(status, None, use.statement)
        return Return(status, use.complex_value(use.arguments[1]), use.statement)


class BreakSlot:
    description = "no argument"

    def parse(self, use: DirectiveUse) -> Break:
        return Break(use.statement)


class RewriteSlot:
    description = "pattern, replacement and flag"

    def parse(self, use: DirectiveUse) -> Rewrite:
        pattern_text, replacement, *flags = use.arguments
        if not replacement:
            raise RefusedDirective("empty replacement")
        pattern = use.pattern(pattern_text)
        flag = self._flag(use, flags)
        status = _MOVED_TEMPORARILY if flag is RewriteFlag.REDIRECT or replacement.startswith(_ADDRESSES) else 0
        if flag is RewriteFlag.PERMANENT:
            status = _MOVED_PERMANENTLY
        add_args = not replacement.endswith(b"?")
        path, mark, args = replacement.removesuffix(b"?").partition(b"?")
        return Rewrite(
            pattern,
            use.complex_value(path),
            use.complex_value(args) if mark else None,
            add_args,
            flag,
            status,
            use.statement,
        )

    @staticmethod
    def _flag(use: DirectiveUse, flags: list[bytes]) -> RewriteFlag:
        if not flags:
            return RewriteFlag.NONE
        for flag in RewriteFlag:
            if flag.value.encode() == flags[0] and flag is not RewriteFlag.NONE:
                return flag
        raise use.invalid_parameter(flags[0])


class ConditionSlot:
    """`($variable)`, `($variable operator text)`, `(-f path)`, with or without blanks inside the brackets."""

    description = "condition"

    def parse(self, use: DirectiveUse) -> Condition:
        arguments = self._without_brackets(use.arguments)
        first = arguments[0]
        if len(first) > 1 and first.startswith(b"$"):
            return self._of_variable(use, arguments)
        if (len(first) == 2 and first.startswith(b"-")) or (len(first) == 3 and first.startswith(b"!-")):
            return self._of_file(use, arguments)
        raise _invalid_condition(first)

    @staticmethod
    def _without_brackets(arguments: tuple[bytes, ...]) -> list[bytes]:
        """The words between the brackets, at least one. If there is none, nginx's message names the closing bracket."""
        if not arguments[0].startswith(b"("):
            raise _invalid_condition(arguments[0])
        inner = [arguments[0][1:], *arguments[1:]]
        if not inner[0] and len(inner) > 1:
            del inner[0]
        if not inner[-1].endswith(b")"):
            raise _invalid_condition(arguments[-1] if len(arguments) > 1 else inner[-1])
        if inner[-1] != b")":
            inner[-1] = inner[-1][:-1]
        elif len(inner) > 1:
            del inner[-1]
        return inner

    @staticmethod
    def _of_variable(use: DirectiveUse, arguments: list[bytes]) -> Condition:
        if len(arguments) not in (1, 3):
            raise _invalid_condition(arguments[0])
        name = arguments[0][1:].lower()
        use.refer(name)
        variable = ComplexValue(arguments[0], (Variable(name),))
        if len(arguments) == 1:
            return IsTrue(variable)
        _, operator, text = arguments
        if operator in (b"=", b"!="):
            return Equals(variable, use.complex_value(text), operator == b"!=")
        if operator in (b"~", b"~*", b"!~", b"!~*"):
            return Matches(variable, use.pattern(text, operator.endswith(b"*")), operator.startswith(b"!"))
        raise RefusedDirective(f'unexpected "{shown(operator)}" in condition')

    @staticmethod
    def _of_file(use: DirectiveUse, arguments: list[bytes]) -> Condition:
        if len(arguments) != 2:
            raise _invalid_condition(arguments[0])
        path = use.complex_value(arguments[1])
        operator = arguments[0].removeprefix(b"!")
        for test in FileTest:
            if test.value.encode() == operator:
                return IsFile(test, path, arguments[0].startswith(b"!"))
        raise _invalid_condition(arguments[0])


def _invalid_condition(text: bytes) -> RefusedDirective:
    return RefusedDirective(f'invalid condition "{shown(text)}"')


_SCRIPT = Context.SERVER | Context.SERVER_IF | Context.LOCATION | Context.LOCATION_IF
_LOGGING = Context.HTTP | _SCRIPT


_DIRECTIVES = (
    Directive("set", _SCRIPT, SetSlot(), "Sets a variable.", Arguments(2, 2), once=False, defines=True, step=True),
    Directive(
        "if",
        Context.SERVER,
        ConditionSlot(),
        "The settings and steps that apply when a condition is true.",
        ANY,
        once=False,
        step=True,
        block=Block.DIRECTIVES,
        opens=Context.SERVER_IF,
    ),
    Directive(
        "if",
        Context.LOCATION,
        ConditionSlot(),
        "The settings and steps that apply when a condition is true.",
        ANY,
        once=False,
        step=True,
        block=Block.DIRECTIVES,
        opens=Context.LOCATION_IF,
    ),
    Directive(
        "rewrite",
        _SCRIPT,
        RewriteSlot(),
        "Replaces the URI, or redirects the client, when a pattern matches.",
        Arguments(2, 3),
        once=False,
        step=True,
    ),
    Directive(
        "return",
        _SCRIPT,
        ReturnSlot(),
        "Ends the request with a status, a text or a redirect.",
        Arguments(1, 2),
        once=False,
        step=True,
    ),
    Directive("break", _SCRIPT, BreakSlot(), "Ends the script.", NONE, once=False, step=True),
    Directive(
        "rewrite_log",
        _LOGGING,
        Flag(),
        "Whether rewrites are logged.",
        emulation=accepted("The steps are not logged; `ngxpush explain` shows them."),
    ),
    Directive(
        "uninitialized_variable_warn",
        _LOGGING,
        Flag(),
        "Whether the use of variables without a value is logged.",
    ),
)

MODULE = Module("rewrite", _DIRECTIVES, location=RewriteLocation)
