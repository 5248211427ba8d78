"""The rewrite module: set, if, rewrite, return and break, which become the steps of a script (`config.script`)."""

from __future__ import annotations

from ..complex_value import ComplexValue, Variable
from ..script import (
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
from ..slots import Flag
from ..text import shown
from ..values import parse_number
from ..words import Refused, Words
from .table import ANY, FLAG, NONE, Arguments, Block, Context, Directive, Module, Slot, accepted

# A text that begins with one of these is an address of its own: the client is redirected there.
_ADDRESSES = (b"http://", b"https://", b"$scheme")
_MOVED_PERMANENTLY, _MOVED_TEMPORARILY = 301, 302


class SetSlot:
    description = "variable and value"

    def parse(self, words: Words) -> Set:
        name = words.variable_name(words.arguments[0])
        words.define(name)
        return Set(name, words.complex_value(words.arguments[1]), words.statement)


class ReturnSlot:
    description = "code and text, or URL"

    def parse(self, words: Words) -> Return:
        first = words.arguments[0]
        status = parse_number(first)
        if status is None and len(words.arguments) == 1 and first.startswith(_ADDRESSES):
            return Return(_MOVED_TEMPORARILY, words.complex_value(first), words.statement)
        if status is None or status > 999:
            raise Refused(f'invalid return code "{shown(first)}"')
        if len(words.arguments) == 1:
            return Return(status, None, words.statement)
        return Return(status, words.complex_value(words.arguments[1]), words.statement)


class BreakSlot:
    description = "no argument"

    def parse(self, words: Words) -> Break:
        return Break(words.statement)


class RewriteSlot:
    description = "pattern, replacement and flag"

    def parse(self, words: Words) -> Rewrite:
        pattern_text, replacement, *flags = words.arguments
        if not replacement:
            raise Refused("empty replacement")
        pattern = words.pattern(pattern_text)
        flag = self._flag(words, flags)
        status = _MOVED_TEMPORARILY if flag is RewriteFlag.REDIRECT or replacement.startswith(_ADDRESSES) else 0
        if flag is RewriteFlag.PERMANENT:
            status = _MOVED_PERMANENTLY
        add_args = not replacement.endswith(b"?")
        path, mark, args = replacement.removesuffix(b"?").partition(b"?")
        return Rewrite(
            pattern,
            words.complex_value(path),
            words.complex_value(args) if mark else None,
            add_args,
            flag,
            status,
            words.statement,
        )

    @staticmethod
    def _flag(words: Words, flags: list[bytes]) -> RewriteFlag:
        if not flags:
            return RewriteFlag.NONE
        for flag in RewriteFlag:
            if flag.value.encode() == flags[0] and flag is not RewriteFlag.NONE:
                return flag
        raise words.invalid_parameter(flags[0])


class ConditionSlot:
    """`($variable)`, `($variable operator text)`, `(-f path)`: the brackets may touch their neighbours or not."""

    description = "condition"

    def parse(self, words: Words) -> Condition:
        arguments = self._without_brackets(words.arguments)
        first = arguments[0]
        if len(first) > 1 and first.startswith(b"$"):
            return self._of_variable(words, arguments)
        if (len(first) == 2 and first.startswith(b"-")) or (len(first) == 3 and first.startswith(b"!-")):
            return self._of_file(words, arguments)
        raise _invalid_condition(first)

    @staticmethod
    def _without_brackets(arguments: tuple[bytes, ...]) -> list[bytes]:
        """The words between the brackets, at least one; what nginx names when there is none is the closing bracket."""
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
    def _of_variable(words: Words, arguments: list[bytes]) -> Condition:
        if len(arguments) not in (1, 3):
            raise _invalid_condition(arguments[0])
        name = arguments[0][1:].lower()
        words.refer(name)
        variable = ComplexValue(arguments[0], (Variable(name),))
        if len(arguments) == 1:
            return IsTrue(variable)
        _, operator, text = arguments
        if operator in (b"=", b"!="):
            return Equals(variable, words.complex_value(text), operator == b"!=")
        if operator in (b"~", b"~*", b"!~", b"!~*"):
            return Matches(variable, words.pattern(text, operator.endswith(b"*")), operator.startswith(b"!"))
        raise Refused(f'unexpected "{shown(operator)}" in condition')

    @staticmethod
    def _of_file(words: Words, arguments: list[bytes]) -> Condition:
        if len(arguments) != 2:
            raise _invalid_condition(arguments[0])
        path = words.complex_value(arguments[1])
        operator = arguments[0].removeprefix(b"!")
        for test in FileTest:
            if test.value.encode() == operator:
                return IsFile(test, path, arguments[0].startswith(b"!"))
        raise _invalid_condition(arguments[0])


def _invalid_condition(text: bytes) -> Refused:
    return Refused(f'invalid condition "{shown(text)}"')


_SCRIPT = Context.SERVER | Context.SERVER_IF | Context.LOCATION | Context.LOCATION_IF
_LOGGING = Context.HTTP | _SCRIPT


def _step(name: str, slot: Slot, summary: str, arguments: Arguments) -> Directive:
    return Directive(name, "rewrite", _SCRIPT, slot, arguments, once=False, summary=summary)


def _if(context: Context, opens: Context) -> Directive:
    return Directive(
        "if",
        "rewrite",
        context,
        ConditionSlot(),
        ANY,
        once=False,
        block=Block.DIRECTIVES,
        opens=opens,
        summary="What applies when a condition is true.",
    )


_DIRECTIVES = (
    _step("set", SetSlot(), "Gives a variable a value.", Arguments(2, 2)),
    _if(Context.SERVER, Context.SERVER_IF),
    _if(Context.LOCATION, Context.LOCATION_IF),
    _step("rewrite", RewriteSlot(), "Changes the URI, or redirects the client.", Arguments(2, 3)),
    _step("return", ReturnSlot(), "Answers at once.", Arguments(1, 2)),
    _step("break", BreakSlot(), "Ends the script.", NONE),
    Directive(
        "rewrite_log",
        "rewrite",
        _LOGGING,
        Flag(),
        FLAG,
        emulation=accepted("The steps are not logged; `ngxpush explain` shows them."),
        summary="Whether rewrites are logged.",
    ),
    Directive(
        "uninitialized_variable_warn",
        "rewrite",
        _LOGGING,
        Flag(),
        FLAG,
        emulation=accepted("Variables without a value are not warned of."),
        summary="Whether variables without a value are warned of.",
    ),
)

MODULES = (Module("rewrite", _DIRECTIVES),)
