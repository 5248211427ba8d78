"""try_files: the first of several names that exists. Recordings: core-try-files, found-files/alias-*.

Beside alias, a name with variables that begins with the location's name loses it once, the last one too. A name without variables
is what follows the location's name.
"""

from __future__ import annotations

from ..config.complex_value import ComplexValue
from ..config.configuration import Location
from ..config.directives.content.try_files import TryFiles, TryFilesLocation
from ..config.directives.http.core import HttpCoreLocation
from .documents import document_root
from .opening import find
from .recorder import Phase, note
from .redirect import internal_redirect, named_location
from .request import Request
from .status import DECLINED, Status
from .uri import split_args
from .variables.evaluation import evaluate


def concerns(location: Location) -> bool:
    """Whether the location has try_files."""
    return location.of(TryFilesLocation).try_files is not None


def check(request: Request) -> Status:
    """Set the URI to the first name that exists, and return DECLINED; if none exists, do what the last argument says."""
    settings = request.location.of(TryFilesLocation).try_files
    return DECLINED if settings is None else _try(request, settings)


async def _try(request: Request, settings: TryFiles) -> int:
    root, source = request.location.of(HttpCoreLocation).root, request.location.source("try_files")
    for name in settings.names:
        path, uri = _paths(request, name.value)
        try:
            status = await find(request, path)
        except OSError as error:
            note(request, Phase.TRY_FILES, source, "{}: {}", path, str(error.strerror))
            continue
        note(request, Phase.TRY_FILES, source, "{}: {}", path, status.type)
        if (status.type == "directory") is name.is_directory:
            if root.alias and root.alias_length is None:
                if name.is_directory:
                    return DECLINED
                request.progress.add_uri_to_alias = True
            request.uri = uri
            return DECLINED
    if settings.code is not None:
        return settings.code
    target = evaluate(request, settings.fallback)
    if settings.fallback.constant is None:
        target = _inside(request, target)
    if target.startswith(b"@"):
        return named_location(request, target)
    uri, args = split_args(target)
    if not uri:  # its text stood behind the alias (recording found-files/try-files-empty-fallback)
        request.progress.before_uri = document_root(request)[-1:]
    return internal_redirect(request, uri, args)


def _paths(request: Request, value: ComplexValue) -> tuple[bytes, bytes]:
    """The file for a name, and the URI of the request if that file exists."""
    root = request.location.of(HttpCoreLocation).root
    name = evaluate(request, value)
    if not root.alias or root.alias_length is None:
        return document_root(request) + name, name
    if value.constant is None:
        name = _inside(request, name)
    return document_root(request) + name, request.uri[: root.alias_length] + name


def _inside(request: Request, name: bytes) -> bytes:
    """A name with variables without what an alias replaces: the part of the URI that is as long as the location's name."""
    length = request.location.of(HttpCoreLocation).root.alias_length
    return name if length is None else name.removeprefix(request.uri[:length])
