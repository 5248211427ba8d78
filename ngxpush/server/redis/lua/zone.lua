--[[
The zone in Redis: one operation of one shard, done whole.

What an operation does is said by push/zone.py and push/contents.py; this does the same to keys of Redis, and tests compare the
two. Names are those of push/. server/redis/function.py makes the arguments, and reads what is returned and published; it has the
order of the files, which are one text: this one is the first.

KEYS[1]   {ngxpush:ZONE:SHARD}:zone. All keys of a shard begin with the same tag in braces, so a Cluster has them in one place.
ARGV[1]   the settings, ARGV[2] the call: MessagePack arrays, of which the fields are named below

Returned: the frames for the worker that calls, as one MessagePack array. Frames for other workers are published to their topics
in the same form. Where an error that begins with NGXPUSH is returned, nothing is done.
"forgotten": the zone does not know the worker, or not in this session. "shards N": the zone has another number of shards.

An operation is done at the time of the server, in whole seconds, which never goes back.

| key                    | type   | what                                                                                        |
|------------------------|--------|---------------------------------------------------------------------------------------------|
| zone                   | string | the zone's counters, its memory, what was thrown away in this second (read_zone)            |
| channels               | zset   | id of a channel → its number, which rises with each channel that is made                    |
| channel:ID             | string | a channel (read_channel)                                                                    |
| messages:NUMBER        | stream | the stored messages of the channel with that number. Entry TIME-TAG: a field has the name  |
|                        |        | of the message's objects in the memory, and the message as it stands in a frame; a second  |
|                        |        | one has the event id. Equal names are kept once                                             |
| event-ids:NUMBER       | zset   | its stored messages that have an event id, by that id (event_id_member)                     |
| subscribers:NUMBER     | hash   | a worker → how many subscribers of the channel it has; 0 where all have left                |
| workers                | hash   | a worker → what is known of it (find_worker)                                                |
| channels-of:WORKER     | zset   | the channels that have an entry for the worker → the session in which it was made           |
| alive                  | zset   | a worker → the second in which it was last heard of                                         |
| ages                   | zset   | a channel with stored messages → a second in which none of them was older                   |
| idle                   | zset   | a channel that may be empty → the second after which it is dropped                          |
| deleted                | list   | deleted channels that wait for the zone's timer                                             |
| deleted:ID             | string | the last deletion of a channel, for workers that are away. It goes by itself                |
| trash                  | list   | what was thrown away, second by second; the present second is in `zone`                     |

A usual publish to one channel reads and writes `zone` and `channel:ID` at once (MGET, MSET), adds to the stream, reads
`subscribers` and publishes once for each other worker. Nothing looks at all channels or messages: what grows with them is done in
slices.

The objects of something in the zone's memory are a text with one digit for each: the size class of a chunk ("0": 8 bytes to "8":
2048 bytes), or "9" for a whole page. Each class takes as many pages as its chunks need together, however they came and went: that
is where this differs from push/memory.py.
]]

-- `redis.call` and the like are not kept in locals: a function that takes a local from outside is made more slowly.
local inactivity_time, message_ttl, most_stored, most_channels, most_wildcards, most_subscribers, longest_id, wildcard_prefix,
    events_id, events_here, shards, memory_pages, template_sizes, publish = unpack(cmsgpack.unpack(ARGV[1]), 1, 14)
local worker_name, session, number_of_call, timed, given_time, operation, extra = unpack(cmsgpack.unpack(ARGV[2]), 1, 7)

local SLICE = 500 -- messages and channels that one call deals with: a few milliseconds, in which Redis does nothing else
local LARGEST_REJOIN = 4 * 1024 * 1024 -- bytes of missed messages in one call, or some more
local MOST_OLD = 24 * 1024 * 1024 -- bytes of old messages in one answer: Redis cuts off a worker for which 32 MB wait
local LARGEST_INSPECTED = 2 * 1024 * 1024 -- bytes: see push/operations.py
local MOST_IN_PART = 16 -- messages that are read at once where their bytes are limited
local TRASH_TIME = 10 -- seconds
local SILENCE = 15 -- seconds after which a worker that is not heard of is forgotten
local COLLECT_INTERVAL = 3900 -- milliseconds: a little less than the interval of the workers' timers
local COLLECT_MESSAGES_INTERVAL = 4900
local DELETION_TIME = 3600 -- seconds for which a deletion is remembered
local MOST_ARGUMENTS = 1000 -- of one command
local CHUNKS_PER_PAGE = { 504, 254, 127, 64, 32, 16, 8, 4, 2 }
local WHOLE_PAGE = 10
local COUNTS = "dddddddddd" -- how the numbers of objects by class are packed
local SUBSCRIBERS_OF_WORKER = "3"
local QUERIES = { ChannelsInfo = true, Channels = true, Inspect = true, Summary = true, UsedMemory = true }
local NONE, TRUE, FALSE = "\192", "\195", "\194"

local operation_name = operation[1]
local prefix = string.sub(KEYS[1], 1, -5)

local now, moment, microsecond -- the time in seconds, in milliseconds, and the microsecond of the second
local zone
local channels = {} -- id → channel, or false where there is none
local changed = {} -- id → channel that has to be written
local workers = {} -- name → worker, or false
local news = {} -- messages and deletions on their way: {channel, frame}
local lost = {} -- channels whose message no one gets: there was no memory to pass it on
local positions -- of the channels that the worker has got subscribers of
local elsewhere = {} -- events to report in another shard
local thrown_away -- what was thrown away in this second, once something is
local failures = 0
