"""auth_basic: a name and password from a file. Recordings: core_access_proxy, auth-basic-*."""

from __future__ import annotations

import errno

from ...config.configuration import Location
from ...config.directives.access.auth_basic import AuthBasicLocation, UserFile
from ..operations import ReadFile
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, OK, UNAUTHORIZED, Status
from ..system_errors import failure
from ..variables.evaluation import evaluate
from ..variables.request import basic_credentials
from .passwords import verify


def concerns(location: Location) -> bool:
    """Whether the location may ask for a name and password."""
    settings = location.of(AuthBasicLocation)
    return settings.auth_basic is not None and settings.auth_basic_user_file is not None


def check(request: Request) -> Status:
    """nginx's auth_basic module."""
    settings = request.location.of(AuthBasicLocation)
    if settings.auth_basic is None or settings.auth_basic_user_file is None:
        return DECLINED
    realm = evaluate(request, settings.auth_basic)
    return DECLINED if realm == b"off" else _authenticate(request, realm, settings.auth_basic_user_file)


async def _authenticate(request: Request, realm: bytes, user_file: UserFile) -> int:
    credentials = basic_credentials(request)
    if credentials is None:
        request.connection.log("info", b"no user/password was provided for basic authentication", request)
        return _challenge(request, realm)
    path = evaluate(request, user_file.path)
    if not path.startswith(b"/"):
        path = user_file.directory + path
    path = request.http.configuration.paths.here(path)
    try:
        stored = _password_of(credentials[0], await ReadFile(path))
    except OSError as error:
        return _unreadable(request, path, error)
    if stored is None:
        request.connection.log("error", b'user "%b" was not found in "%b"' % (credentials[0], path), request)
    elif verify(credentials[1], stored):
        return OK
    else:
        request.connection.log("error", b'user "%b": password mismatch' % credentials[0], request)
    return _challenge(request, realm)


def _password_of(name: bytes, content: bytes) -> bytes | None:
    """The password in the first entry of a user, or None. Text after a second colon, and a line with `#`, is a comment."""
    for line in content.split(b"\n"):
        if line.startswith(b"#"):
            continue
        user, colon, rest = line.partition(b":")
        if user == name and colon:
            return rest.partition(b":")[0].partition(b"\r")[0]
    return None


def _challenge(request: Request, realm: bytes) -> int:
    request.response.headers.append((b"WWW-Authenticate", b'Basic realm="%b"' % realm))
    return UNAUTHORIZED


def _unreadable(request: Request, path: bytes, error: OSError) -> int:
    level, status = ("error", FORBIDDEN) if error.errno == errno.ENOENT else ("crit", INTERNAL_SERVER_ERROR)
    call = b"pread()" if error.errno == errno.EISDIR else b"open()"  # nginx opens a directory, too
    request.connection.log(level, failure(call, path, error), request)
    return status
