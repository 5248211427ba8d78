"""Any sequence of changes of a zone, for Hypothesis, and settings under which much happens within a few of them."""

from __future__ import annotations

from hypothesis import strategies as st

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.operations import (
    Attach,
    Change,
    ChannelRequest,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Forget,
    Publish,
    Resume,
    Stay,
    Subscribe,
    Unsubscribe,
)

from .fakes import START

_WORKERS = st.sampled_from(("w1", "w2", "w3"))
_IDS = st.lists(st.sampled_from((b"a", b"b", b"bd_a", b"bd_b", b"ev", b"c")), min_size=1, max_size=3).map(tuple)
_MAYBE_BYTES = st.none() | st.sampled_from((b"", b"id", b"\xff"))
_REQUESTS = st.builds(
    lambda ids, backtracks: tuple([ChannelRequest(id, backtrack) for id, backtrack in zip(ids, backtracks, strict=False)]),
    _IDS,
    st.lists(st.none() | st.integers(1, 4), min_size=3, max_size=3),
)
_RESUMES = st.builds(
    Resume, st.none() | st.integers(int(START) - 1, int(START) + 20), st.none() | st.integers(0, 9), _MAYBE_BYTES
)
_CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Attach, _WORKERS, st.integers(1, 9)),
    st.builds(Forget, _WORKERS),
    st.builds(Create, _IDS),
    st.builds(Publish, _IDS, st.binary(max_size=300), st.booleans(), _MAYBE_BYTES, _MAYBE_BYTES),
    st.builds(
        Subscribe,
        _WORKERS,
        _REQUESTS,
        _RESUMES,
        st.sampled_from(Stay),
        st.booleans(),
        st.none() | st.integers(0, 2),
        st.booleans(),
    ),
    st.builds(Unsubscribe, _WORKERS, _IDS),
    st.builds(Delete, _IDS, _MAYBE_BYTES),
    st.just(Collect()),
    st.just(CollectMessages()),
)

changes = st.lists(st.tuples(st.sampled_from((0, 0, 0, 1, 4, 20)), _CHANGES), max_size=40)
"""Any sequence of changes, each with the seconds that pass before it."""

BUSY = PushStreamMain(
    shared_memory=(1 << 17, b"zone"),
    message_ttl=5,
    channel_inactivity_time=3,
    wildcard_channel_prefix=b"bd_",
    events_channel_id=b"ev",
    max_messages_stored_per_channel=3,
    max_number_of_channels=3,
    max_subscribers_per_channel=4,
)
"""Settings under which much happens within a few operations."""
