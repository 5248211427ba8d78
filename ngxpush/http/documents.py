"""From a URI to a file: root and alias."""

from __future__ import annotations

from ..config.directives.http.core import HttpCoreLocation
from .request import Request
from .system_errors import failure
from .variables.evaluation import evaluate


def document_root(request: Request) -> bytes:
    """$document_root: the full path that root or alias gives for this request."""
    value = request.location.of(HttpCoreLocation).root.value
    path = evaluate(request, value)
    if not path.startswith(b"/") and value.parts:
        path = request.http.configuration.prefix + path
    return request.http.configuration.paths.here(path)


def realpath_root(request: Request) -> bytes | None:
    """$realpath_root: the same without symbolic links; None where there is no such directory."""
    path = document_root(request) or b"/"
    try:
        return request.connection.realpath(path)
    except OSError as error:
        request.connection.log("crit", failure(b"realpath()", path, error), request)
        return None


def map_uri_to_path(request: Request) -> bytes | None:
    """The file a URI stands for ($request_filename); None where nginx finds no file and answers 500.

    That happens with an alias, after a `rewrite … break` has removed the location's name from the URI.
    """
    root = request.location.of(HttpCoreLocation).root
    path = document_root(request)
    if not root.alias:
        return path + request.uri
    if not request.progress.valid_location:
        request.connection.log(
            "alert", b'"alias" cannot be used in location "%b" where URI was rewritten' % request.location.name, request
        )
        return None
    if root.alias_length is None:
        return path + request.uri if request.progress.add_uri_to_alias else path
    return path + request.uri[root.alias_length :]
