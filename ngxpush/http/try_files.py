"""try_files: the first of several names that exists. Recordings: core-try-files."""

from __future__ import annotations

from ..config.directives.content.try_files import TryFiles, TryFilesLocation
from ..config.directives.http.core import HttpCoreLocation
from .documents import document_root
from .operations import Stat
from .recorder import Phase, note
from .redirect import internal_redirect, named_location
from .request import Request
from .status import DECLINED, Status
from .uri import split_args
from .variables.evaluation import evaluate


def check(request: Request) -> Status:
    """Set the URI to the first name that exists, and return DECLINED; if none exists, do what the last argument says."""
    settings = request.location.of(TryFilesLocation).try_files
    return DECLINED if settings is None else _try(request, settings)


async def _try(request: Request, settings: TryFiles) -> int:
    root = request.location.of(HttpCoreLocation).root
    for name in settings.names:
        path, uri = _paths(request, evaluate(request, name.value))
        try:
            status = await Stat(path)
        except OSError as error:
            note(request, Phase.TRY_FILES, None, "{}: {}", path, str(error.strerror))
            continue
        note(request, Phase.TRY_FILES, None, "{}: {}", path, status.type)
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
    if target.startswith(b"@"):
        return named_location(request, target)
    return internal_redirect(request, *split_args(target))


def _paths(request: Request, name: bytes) -> tuple[bytes, bytes]:
    """The file for an evaluated name, and the URI of the request if that file exists.

    With an alias, the part of a name that equals the location's name is not part of the path, but stays in the URI.
    """
    root = request.location.of(HttpCoreLocation).root
    if not root.alias or root.alias_length is None:
        return document_root(request) + name, name
    prefix = request.uri[: root.alias_length]
    if name.startswith(prefix):
        name = name[len(prefix) :]
    return document_root(request) + name, prefix + name
