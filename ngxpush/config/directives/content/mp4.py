"""The mp4 module: MP4 files from a given time on."""

from __future__ import annotations

from ...columns import NONE, unsupported
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION, Context
from ...slots import Flag, NoValue, size

MODULE = Module(
    "mp4",
    (
        Directive("mp4", Context.LOCATION, NoValue(), "Sends MP4 files from the time the client asks for.", NONE, once=False),
        Directive("mp4_buffer_size", HTTP_SERVER_LOCATION, size(), "The size of the buffer for a file's metadata."),
        Directive("mp4_max_buffer_size", HTTP_SERVER_LOCATION, size(), "The largest buffer for a file's metadata."),
        Directive("mp4_start_key_frame", HTTP_SERVER_LOCATION, Flag(), "Whether the video starts with a key frame."),
    ),
    emulation=unsupported("The file is sent whole, whatever its `start` argument says."),
    optional=True,
)
