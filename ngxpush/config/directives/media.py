"""Small modules about files: flv, mp4, gunzip, random_index, slice."""

from __future__ import annotations

from ..slots import Buffers, Flag, NoValue, size
from .rows import rows_of
from .table import NONE, Arguments, Context, Module, accepted, unsupported

_PSEUDO_STREAMING = unsupported("The file is sent whole, whatever its `start` argument says.")
_GUNZIPPING = unsupported("Compressed answers stay compressed, also for clients that can't read them.")
_flv = rows_of("flv", contexts=Context.LOCATION, emulation=_PSEUDO_STREAMING)
_mp4 = rows_of("mp4", emulation=_PSEUDO_STREAMING)
_gunzip = rows_of("gunzip", emulation=_GUNZIPPING)
_random_index = rows_of("random_index", contexts=Context.LOCATION, emulation=unsupported("No random file is chosen."))
_slice = rows_of("slice", emulation=accepted("Slices serve the cache, and nothing is cached."))

MODULES = (
    Module("flv", (_flv("flv", NoValue(), "Sends FLV files from the time asked for.", NONE, once=False),)),
    Module(
        "mp4",
        (
            _mp4("mp4", NoValue(), "Sends MP4 files from the time asked for.", NONE, once=False, contexts=Context.LOCATION),
            _mp4("mp4_buffer_size", size(), "The size of the buffer for a file's metadata."),
            _mp4("mp4_max_buffer_size", size(), "The largest such buffer."),
            _mp4("mp4_start_key_frame", Flag(), "Whether the video starts with a key frame."),
        ),
    ),
    Module(
        "gunzip",
        (
            _gunzip("gunzip", Flag(), "Whether compressed answers are unpacked for clients that can't."),
            _gunzip("gunzip_buffers", Buffers(), "The number and size of buffers for it.", Arguments(2, 2)),
        ),
    ),
    Module("random_index", (_random_index("random_index", Flag(), "Whether a folder is answered by one of its files."),)),
    Module("slice", (_slice("slice", size(), "The size of the parts a file is asked for in."),)),
)
