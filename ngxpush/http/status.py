"""What handlers and filters return: nginx's return codes beside HTTP's own."""

from __future__ import annotations

from collections.abc import Awaitable

Status = int | Awaitable[int]
"""What a handler returns: the code itself, if there is nothing to wait for, or a coroutine that returns it."""

OK = 0
ERROR = -1  # nginx can't go on: the connection is closed
DONE = -4  # the request goes on elsewhere (redirected inside, or answered later)
DECLINED = -5  # the next handler is asked
INTERNAL_REDIRECT = -20  # the request was given another URI (`redirect.internal_redirect`) and goes through the phases again
FIND_CONFIG = -22  # a rewrite has changed the URI: the location is looked for again
NAMED_LOCATION = -21  # the request was put into a named location (`redirect.named_location`)

CREATED = 201
NO_CONTENT = 204
PARTIAL_CONTENT = 206
SPECIAL_RESPONSE = 300
MOVED_PERMANENTLY = 301
MOVED_TEMPORARILY = 302
SEE_OTHER = 303
NOT_MODIFIED = 304
TEMPORARY_REDIRECT = 307
PERMANENT_REDIRECT = 308
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
NOT_ALLOWED = 405
REQUEST_TIME_OUT = 408
CONFLICT = 409
PRECONDITION_FAILED = 412
REQUEST_ENTITY_TOO_LARGE = 413
UNSUPPORTED_MEDIA_TYPE = 415
RANGE_NOT_SATISFIABLE = 416
MISDIRECTED_REQUEST = 421
CLOSE = 444
CERTIFICATE_ERROR = 495
NO_CERTIFICATE = 496
TO_HTTPS = 497
CLIENT_CLOSED_REQUEST = 499
INTERNAL_SERVER_ERROR = 500
NOT_IMPLEMENTED = 501
BAD_GATEWAY = 502
SERVICE_UNAVAILABLE = 503
INSUFFICIENT_STORAGE = 507

REDIRECTS = frozenset((MOVED_PERMANENTLY, MOVED_TEMPORARILY, SEE_OTHER, TEMPORARY_REDIRECT, PERMANENT_REDIRECT))
