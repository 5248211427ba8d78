"""`error_page`: the URIs that answer in place of errors."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import DirectiveUse, RefusedDirective
from ...text import shown
from ...values import parse_number


class ErrorPage(Struct, frozen=True):
    """One error_page: for these codes, go to `uri`.

    overwrite: the status of the answer; 0 for the status of the page itself (`=`), None for that of the error.
    """

    codes: tuple[int, ...]
    uri: ComplexValue
    overwrite: int | None = None


class ErrorPageSlot:
    """`code … [=[code]] uri`."""

    description = "codes and URI"

    def parse(self, use: DirectiveUse) -> ErrorPage:
        *codes, uri = use.arguments
        overwrite = None
        if codes[-1].startswith(b"="):
            if len(codes) == 1:
                raise self._invalid(codes[-1])
            overwrite = 0
            if len(codes[-1]) > 1:
                number = parse_number(codes[-1][1:])
                if number is None:
                    raise self._invalid(codes[-1])
                overwrite = number
            codes.pop()
        page = use.complex_value(uri)
        return ErrorPage(tuple(self._code(code) for code in codes), page, overwrite)

    def _code(self, text: bytes) -> int:
        code = parse_number(text)
        if code is None or code == 499:
            raise self._invalid(text)
        if not 300 <= code <= 599:
            raise RefusedDirective(f'value "{shown(text)}" must be between 300 and 599')
        return code

    @staticmethod
    def _invalid(text: bytes) -> RefusedDirective:
        return RefusedDirective(f'invalid value "{shown(text)}"')
