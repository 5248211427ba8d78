--[[
The zone in Redis: one operation of one shard, done whole.

What an operation does is said by push/zone.py and push/contents.py; this does the same to keys of Redis, and tests compare the
two. Names are those of push/. server/redis/function.py makes the arguments, and reads what is returned and published.

KEYS[1]   {ngxpush:ZONE:SHARD}:zone. All keys of a shard begin with the same tag in braces, so a Cluster has them in one place.
ARGV[1]   the settings, ARGV[2] the call: MessagePack arrays (see below)

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

-- MessagePack: bytes have a type of their own, which cmsgpack does not write -------------------------------------------------

local function array(length)
    if length < 16 then return string.char(144 + length) end
    if length < 65536 then return struct.pack(">BH", 220, length) end
    return struct.pack(">BI4", 221, length)
end

local function bytes(text)
    local length = #text
    if length < 256 then return "\196" .. string.char(length) .. text end
    if length < 65536 then return struct.pack(">BH", 197, length) .. text end
    return struct.pack(">BI4", 198, length) .. text
end

local function list(items)
    return array(#items) .. table.concat(items)
end

-- reading --------------------------------------------------------------------------------------------------------------------

-- shards: of how many this is one; those of a zone have to agree.
-- started: the second in which the zone was made. now: that of its last change. time, tag: of the last message.
-- published, stored: the totals. wildcards: how many of the channels are wildcard channels.
-- channels_made: the number of the last channel. workers_made: of the last worker.
-- messages_in_trash, channels_in_trash: the totals. collected, messages_collected: the milliseconds of the timers' last turns.
-- forgets_from: the second from which silent workers are forgotten. failures: how often something did not fit into the memory.
-- memory: the objects in use, by class. trash: the last second's, packed: {until, messages, channels, objects by class}.
local function read_zone(packed)
    local shards_of_zone, started, latest, time, tag, published, stored, wildcards, channels_made, workers_made,
        messages_in_trash, channels_in_trash, collected, messages_collected, forgets_from, failed, memory,
        trash = cmsgpack.unpack(packed)
    return { shards = shards_of_zone, started = started, now = latest, time = time, tag = tag, published = published,
        stored = stored, wildcards = wildcards, channels_made = channels_made, workers_made = workers_made,
        messages_in_trash = messages_in_trash, channels_in_trash = channels_in_trash, collected = collected,
        messages_collected = messages_collected, forgets_from = forgets_from, failures = failed,
        memory = { struct.unpack(COUNTS, memory) }, trash = trash }
end

-- number: see `channels`. published: messages so far. time, tag: of the last message, stored or not.
-- stored: how many are kept. subscribers: of all workers. idle_until: the second after which it is dropped when it is empty.
-- watched: it is in `idle`.
local function read_channel(id, packed)
    local number, wildcard, idle_until, watched, published, time, tag, stored, subscribers = cmsgpack.unpack(packed)
    return { id = id, number = number, wildcard = wildcard, idle_until = idle_until, watched = watched, published = published,
        time = time, tag = tag, stored = stored, subscribers = subscribers }
end

-- A key of one channel, over its whole life.
local function key_of(channel, what)
    return string.format("%s%s:%.0f", prefix, what, channel.number)
end

-- Take in channels that were read. Their values begin after so many others.
local function take_in(ids, values, others)
    for i = 1, #ids do
        if channels[ids[i]] == nil then channels[ids[i]] = values[i + others] and read_channel(ids[i], values[i + others]) end
    end
end

-- Read channels, and with the first of them the zone.
local function read_first(ids)
    local keys = { KEYS[1] }
    for i = 1, #ids do keys[i + 1] = prefix .. "channel:" .. ids[i] end
    local values = redis.call("MGET", unpack(keys))
    take_in(ids, values, 1)
    return values[1]
end

local function find(id)
    local channel = channels[id]
    if channel == nil then
        local packed = redis.call("GET", prefix .. "channel:" .. id)
        channel = packed and read_channel(id, packed)
        channels[id] = channel
    end
    return channel
end

-- started: the second it was attached. order: its place among the workers. subscribers: its clients. session: see Function.
local function find_worker(name)
    local worker = workers[name]
    if worker == nil then
        local packed = redis.call("HGET", prefix .. "workers", name)
        if packed then
            worker = { name = name }
            worker.pid, worker.started, worker.order, worker.subscribers, worker.session = cmsgpack.unpack(packed)
        end
        workers[name] = worker or false
    end
    return worker
end

-- what is returned and published ---------------------------------------------------------------------------------------------

-- The frames of what is new, by worker.
local function frames_by_worker()
    local frames, hearers = {}, {}
    for i = 1, #news do
        local channel, frame = news[i][1], news[i][2]
        local names = hearers[channel]
        if not names then
            names = {}
            local entries = redis.call("HGETALL", key_of(channel, "subscribers"))
            for j = 1, #entries, 2 do
                if entries[j + 1] ~= "0" then names[#names + 1] = entries[j] end
            end
            hearers[channel] = names
        end
        for j = 1, #names do
            local own = frames[names[j]]
            if own then own[#own + 1] = frame else frames[names[j]] = { frame } end
        end
    end
    return frames
end

local function answered(result)
    local length = #elsewhere > 0 and 5 or failures > 0 and 4 or positions and 3 or 2
    local frame = array(length + 1) .. cmsgpack.pack("CallDone", number_of_call) .. result
    if length > 2 then frame = frame .. (positions and list(positions) or array(0)) end
    if length > 3 then frame = frame .. cmsgpack.pack(failures) end
    if length > 4 then frame = frame .. list(elsewhere) end
    return frame
end

-- Give each worker its frames. Returns those of the worker that calls.
local function pass_on(result)
    if #news == 0 then return "\145" .. answered(result) end
    local frames = frames_by_worker()
    local own = frames[worker_name] or {}
    frames[worker_name] = nil
    for name, some in pairs(frames) do redis.call(publish, prefix .. "worker:" .. name, list(some)) end
    own[#own + 1] = answered(result)
    return list(own)
end

-- the call begins ------------------------------------------------------------------------------------------------------------

-- The channels that the operation names: they are read with the zone. Of many the others are read as they are needed.
local function named()
    local name, fields, ids = operation_name, operation, {}
    if name == "Publish" or name == "Create" or name == "Delete" or name == "ChannelsInfo" or name == "Inspect" then
        for i = 1, math.min(#fields[2], MOST_ARGUMENTS) do ids[i] = fields[2][i] end
    elseif name == "Subscribe" then
        for i = 1, math.min(#fields[3], MOST_ARGUMENTS) do ids[i] = fields[3][i][1] end
    elseif name == "Unsubscribe" then
        for i = 1, math.min(#fields[3], MOST_ARGUMENTS) do ids[i] = fields[3][i] end
    end
    if events_id and events_here and not QUERIES[name] then ids[#ids + 1] = events_id end
    return ids
end

local function read_time()
    if given_time then
        now, moment, microsecond = given_time, given_time * 1000, 0
    else
        local time = redis.call("TIME")
        now, moment, microsecond = tonumber(time[1]), time[1] * 1000 + math.floor(time[2] / 1000), tonumber(time[2])
    end
end

-- Whether the worker may call: its session is the present one, or begins now.
local function is_present()
    if session == 0 then return true end
    if not zone then return operation_name == "Rejoin" end
    local worker = find_worker(worker_name)
    if operation_name == "Rejoin" then return not worker or worker.session <= session end
    if operation_name == "Forget" and not worker then return true end -- a slice has forgotten the worker itself already
    return worker and worker.session == session
end

read_time()
local packed = read_first(named())
if packed then
    zone = read_zone(packed)
    if zone.shards ~= shards then return redis.error_reply("NGXPUSH shards " .. zone.shards) end
    now = math.max(now, zone.now)
end
if not is_present() then return redis.error_reply("NGXPUSH forgotten") end

-- Each publisher makes its channels first, and most exist already.
if operation_name == "Create" and zone then
    local missing = false
    for i = 1, #operation[2] do missing = missing or not find(operation[2][i]) end
    if not missing then return pass_on(NONE) end
end

-- values ---------------------------------------------------------------------------------------------------------------------

local function bytes_or_none(text)
    return text and bytes(text) or NONE
end

local function boolean(value)
    return value and TRUE or FALSE
end

local function refusal(status, explain, logged, level, error_page)
    return array(6) .. cmsgpack.pack("Refusal", status) .. bytes(explain) .. (logged and cmsgpack.pack(logged) or array(0))
        .. cmsgpack.pack(level or "error") .. boolean(error_page)
end

-- memory ---------------------------------------------------------------------------------------------------------------------

-- The objects of these sizes in bytes.
local function objects_of(sizes)
    local objects = ""
    for i = 1, #sizes do
        local size = sizes[i]
        if size > 2048 then
            objects = objects .. string.rep("9", math.ceil(size / 4096))
        else
            local _, bits = math.frexp(size - 1)
            objects = objects .. (bits > 3 and bits - 3 or 0)
        end
    end
    return objects
end

local function count(objects, counts, step)
    for i = 1, #objects do
        local class = string.byte(objects, i) - 47
        counts[class] = counts[class] + step
    end
end

local function pages_used()
    local counts = zone.memory
    local pages = counts[WHOLE_PAGE]
    for class = 1, 9 do pages = pages + math.ceil(counts[class] / CHUNKS_PER_PAGE[class]) end
    return pages
end

-- Take objects. Returns whether they fit; if not, nothing is taken.
local function take(objects)
    count(objects, zone.memory, 1)
    if pages_used() <= memory_pages then return true end
    count(objects, zone.memory, -1)
    failures = failures + 1
    return false
end

-- Whether there is memory to pass a message on to a worker.
local function passes_on()
    if zone.memory[4] % CHUNKS_PER_PAGE[4] > 0 then return true end
    local fitting = take(SUBSCRIBERS_OF_WORKER)
    if fitting then count(SUBSCRIBERS_OF_WORKER, zone.memory, -1) end
    return fitting
end

local function channel_objects(id)
    return objects_of({ 256, #id + 1 })
end

-- writing --------------------------------------------------------------------------------------------------------------------

local function zone_packed()
    local z = zone
    return cmsgpack.pack(z.shards, z.started, now, z.time, z.tag, z.published, z.stored, z.wildcards, z.channels_made,
        z.workers_made, z.messages_in_trash, z.channels_in_trash, z.collected, z.messages_collected, z.forgets_from,
        z.failures + failures, struct.pack(COUNTS, unpack(z.memory)), thrown_away and cmsgpack.pack(thrown_away) or z.trash)
end

local function channel_packed(c)
    return cmsgpack.pack(c.number, c.wildcard, c.idle_until, c.watched, c.published, c.time, c.tag, c.stored, c.subscribers)
end

local function write()
    local values = { KEYS[1], zone_packed() }
    for id, channel in pairs(changed) do
        if #values >= MOST_ARGUMENTS then
            redis.call("MSET", unpack(values))
            values = {}
        end
        values[#values + 1] = prefix .. "channel:" .. id
        values[#values + 1] = channel_packed(channel)
    end
    if #values > 0 then redis.call("MSET", unpack(values)) end
end

-- messages and events --------------------------------------------------------------------------------------------------------

local function new_trash()
    return { 0, 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } }
end

-- The present second's part of the trash.
local function present_trash()
    local trash = thrown_away or cmsgpack.unpack(zone.trash)
    if trash[1] ~= now + TRASH_TIME then
        if trash[1] > 0 then redis.call("RPUSH", prefix .. "trash", cmsgpack.pack(trash)) end
        trash = new_trash()
        trash[1] = now + TRASH_TIME
    end
    thrown_away = trash
    return trash
end

local function throw_away_message(objects)
    local trash = present_trash()
    trash[2] = trash[2] + 1
    zone.messages_in_trash = zone.messages_in_trash + 1
    count(objects, trash[4], 1)
end

-- Something happened in the channel: it is idle from now on.
local function use(channel)
    local until_then = now + inactivity_time
    if until_then < channel.idle_until and channel.watched then redis.call("ZADD", prefix .. "idle", until_then, channel.id) end
    channel.idle_until = until_then
end

-- The place of a message with an event id in `event-ids`: the messages of one event id follow each other, the oldest first.
local function event_id_prefix(event_id)
    return struct.pack(">I4", #event_id) .. event_id
end

local function event_id_member(event_id, entry)
    local time, tag = string.match(entry, "^(%d+)-(%d+)$")
    return event_id_prefix(event_id) .. string.format("%012d-%012d", time, tag)
end

-- What makes room in a channel. Functions in a function are made when they are needed.
local function trimming()
    -- Move these entries, the oldest of the channel's stream, to the trash. They are to be trimmed off the stream.
    local function throw_away(channel, entries, counted)
        for i = 1, #entries do
            local entry, fields = entries[i][1], entries[i][2]
            local objects, event_id = fields[1], fields[4]
            throw_away_message(objects)
            if event_id then redis.call("ZREM", key_of(channel, "event-ids"), event_id_member(event_id, entry)) end
        end
        channel.stored = channel.stored - #entries
        if counted then zone.stored = math.max(zone.stored - #entries, 0) end
    end

    local function trim(channel)
        local stream = key_of(channel, "messages")
        if channel.stored > 0 then redis.call("XTRIM", stream, "MAXLEN", "=", channel.stored) else redis.call("DEL", stream) end
    end

    return throw_away, trim
end

local function store_message(channel, message, objects, event_id, counted)
    local stream, entry = key_of(channel, "messages"), zone.time .. "-" .. zone.tag
    local excess = most_stored and channel.stored + 1 - most_stored or 0
    if channel.stored == 0 then redis.call("ZADD", prefix .. "ages", now, channel.id) end
    channel.stored = channel.stored + 1
    if counted then zone.stored = zone.stored + 1 end
    if event_id and #event_id > 0 then
        redis.call("XADD", stream, entry, objects, message, "event id", event_id)
        redis.call("ZADD", key_of(channel, "event-ids"), 0, event_id_member(event_id, entry))
    else
        redis.call("XADD", stream, entry, objects, message)
    end
    if excess > 0 then
        local throw_away, trim = trimming()
        throw_away(channel, redis.call("XRANGE", stream, "-", "+", "COUNT", math.min(excess, SLICE)), counted)
        trim(channel)
    end
end

-- A new message of the channel, counted and stored, as it stands in a frame; nil when there is no memory for it.
local function add(channel, text, store, event_id, event_type, sizes)
    if now ~= zone.time then zone.time, zone.tag = now, 0 end
    local objects = objects_of(sizes)
    if not take(objects) then return nil end
    local counted = channel.id ~= events_id
    zone.tag = zone.tag + 1
    -- Tags of several shards are compared where a client resumes.
    if shards > 1 then zone.tag = math.max(zone.tag, microsecond) end
    if counted then zone.published = zone.published + 1 end
    channel.published = channel.published + 1
    channel.time, channel.tag = now, zone.tag
    use(channel)
    changed[channel.id] = channel
    local message = array(7) .. cmsgpack.pack(channel.published) .. bytes(channel.id) .. bytes(text)
        .. cmsgpack.pack(now, zone.tag) .. bytes_or_none(event_id) .. bytes_or_none(event_type)
    if store then store_message(channel, message, objects, event_id, counted) else throw_away_message(objects) end
    if channel.subscribers > 0 then
        if passes_on() then
            news[#news + 1] = { channel, "\146" .. cmsgpack.pack("Heard") .. message }
        else
            lost[#lost + 1] = channel
        end
    end
    return message
end

-- Report in the events channel, if there is one, what happened to another channel.
local function event(event_type, id)
    if not events_id or id == events_id then return nil end
    if not events_here then
        elsewhere[#elsewhere + 1] = array(2) .. bytes(event_type) .. bytes(id)
        return nil
    end
    local channel = find(events_id)
    if not channel then return nil end
    local text = '{"type": "' .. event_type .. '", "channel": "' .. id .. '"}'
    local sizes = { 128, #text + 1, 16 * #template_sizes }
    for i = 1, #template_sizes do sizes[i + 3] = template_sizes[i][1] + template_sizes[i][2] * #text end
    sizes[#sizes + 1] = 16 + #event_type + 1
    sizes[#sizes + 1] = 16 + #event_type + 8
    return add(channel, text, true, nil, event_type, sizes)
end

-- channels that are made -----------------------------------------------------------------------------------------------------

-- What makes channels.
local function creating()
    local function is_wildcard(id)
        return #wildcard_prefix > 0 and string.sub(id, 1, #wildcard_prefix) == wildcard_prefix
    end

    local function add_channel(id)
        zone.channels_made = zone.channels_made + 1
        local wildcard = is_wildcard(id)
        local channel = { id = id, number = zone.channels_made, wildcard = wildcard, idle_until = now + inactivity_time,
            watched = true, published = 0, time = 0, tag = 0, stored = 0, subscribers = 0 }
        channels[id], changed[id] = channel, channel
        redis.call("ZADD", prefix .. "channels", string.format("%.0f", channel.number), id)
        redis.call("ZADD", prefix .. "idle", channel.idle_until, id)
        if wildcard then zone.wildcards = zone.wildcards + 1 end
        event("channel_created", id)
        return channel
    end

    -- A new channel. Returns nil and why not when it is refused: status, explanation, and the line of the error log.
    local function create(id)
        local wildcard = is_wildcard(id)
        local limit = most_channels
        if wildcard then limit = most_wildcards end
        if limit and (wildcard and zone.wildcards or redis.call("ZCARD", prefix .. "channels") - zone.wildcards) >= limit then
            return nil, 403, "Number of channels were exceeded.", "number of channels were exceeded"
        end
        if not take(channel_objects(id)) then return nil, 500, "", "unable to allocate memory for new channel" end
        return add_channel(id)
    end

    return create, add_channel, is_wildcard
end

local function find_or_create(id)
    local channel = find(id)
    if channel then return channel end
    local create = creating()
    return create(id)
end

local function add_events_channel()
    if not events_id or not events_here or find(events_id) then return end
    local create = creating()
    create(events_id)
end

local function info(channel)
    return array(4) .. bytes(channel.id) .. cmsgpack.pack(channel.published, channel.stored, channel.subscribers)
end

-- the operation --------------------------------------------------------------------------------------------------------------

-- Channels of a zone that was lost had other numbers, even if it is made anew in the same second.
local function first_number()
    local time = redis.call("TIME")
    return time[1] * 1000000 + time[2]
end

local function new_zone()
    return { shards = shards, started = now, now = now, time = 0, tag = 0, published = 0, stored = 0, wildcards = 0,
        channels_made = first_number(), workers_made = 0, messages_in_trash = 0, channels_in_trash = 0, collected = 0,
        messages_collected = 0, forgets_from = 0, failures = 0, memory = { 0, 0, 0, 1, 0, 0, 0, 0, 0, 15 },
        trash = cmsgpack.pack(new_trash()) }
end

if not zone then
    zone = new_zone()
    add_events_channel()
end
local operations = {} -- each gets the fields of its struct and returns its result

-- Do the operation. What follows is in the order of what is asked for most: functions that no one needs are not made.
local function done()
    local result = operations[operation_name](unpack(operation, 2, 8))
    if not packed or not QUERIES[operation_name] then write() end
    return pass_on(result)
end

-- publishing -----------------------------------------------------------------------------------------------------------------

-- All workers, in the order in which they started.
local function all_workers()
    local all, read = {}, redis.call("HGETALL", prefix .. "workers")
    for i = 1, #read, 2 do
        local pid, started, order, subscribers = cmsgpack.unpack(read[i + 1])
        all[#all + 1] = { name = read[i], pid = pid, started = started, order = order, subscribers = subscribers }
    end
    table.sort(all, function(one, other) return one.order < other.order end)
    return all
end

-- What the error log says of messages that the workers do not get.
local function losses()
    local lines, all = {}, all_workers()
    for i = 1, #lost do
        for slot = 1, #all do
            local subscribers = redis.call("HGET", key_of(lost[i], "subscribers"), all[slot].name)
            if subscribers and subscribers ~= "0" then
                lines[#lines + 1] = "unable to allocate worker message, pid: " .. all[slot].pid .. ", slot: " .. slot - 1
            end
        end
    end
    return lines
end

function operations.Create(ids)
    for i = 1, #ids do
        local channel, status, explain, line = find_or_create(ids[i])
        if not channel then return refusal(status, explain, status == 403 and { line, line } or { line }) end
    end
    return NONE
end

function operations.Publish(ids, text, store, event_id, event_type)
    local published = {}
    for i = 1, #ids do
        local channel, status, explain, line = find_or_create(ids[i])
        if not channel then return refusal(status, explain, status == 403 and { line, line } or { line }) end
        if not add(channel, text, store, event_id, event_type, extra[i]) then
            return refusal(500, "", { "unable to allocate message in shared memory" }, "error", true)
        end
        published[i] = channel
    end
    for i = 1, #published do published[i] = info(published[i]) end
    if #lost == 0 then return array(2) .. cmsgpack.pack("Published") .. list(published) end
    local lines = losses()
    return array(3) .. cmsgpack.pack("Published") .. list(published) .. (#lines > 0 and cmsgpack.pack(lines) or array(0))
end

if operations[operation_name] then return done() end

-- subscribing ----------------------------------------------------------------------------------------------------------------

local function write_worker(worker)
    redis.call("HSET", prefix .. "workers", worker.name,
        cmsgpack.pack(worker.pid, worker.started, worker.order, worker.subscribers, worker.session))
end

local function channels_of(name)
    return prefix .. "channels-of:" .. name
end

-- Drop the channel when its time has passed, if it is empty now.
local function watch(channel)
    if not channel.watched and channel.stored == 0 and channel.subscribers == 0 then
        channel.watched = true
        redis.call("ZADD", prefix .. "idle", channel.idle_until, channel.id)
    end
end

local function messages_of(entries, messages)
    for i = 1, #entries do messages[#messages + 1] = entries[i][2][2] end
end

local function position_at(id, number, time, tag)
    return array(4) .. bytes(id) .. cmsgpack.pack(number, time, tag)
end

local function position(channel)
    return position_at(channel.id, channel.number, channel.time, channel.tag)
end

-- The entries after a time and tag. A time without a tag leaves out all messages of that second.
local function entries_after(stream, time, tag, ...)
    if time < 0 or (time == 0 and tag and tag < 0) then return redis.call("XRANGE", stream, "-", "+", ...) end
    local first = string.format("(%.0f-%s", math.min(time, 2 ^ 53),
        tag and string.format("%.0f", math.max(math.min(tag, 2 ^ 53), 0)) or "18446744073709551615")
    if tag and tag < 0 then first = string.sub(first, 2) end
    return redis.call("XRANGE", stream, first, "+", ...)
end

local _, _, is_wildcard = creating()

local function name_refusal(id)
    local shown = string.match(id, "^[^%z]*")
    if id == "ALL" or string.find(shown, "*", 1, true) then return refusal(403, "Channel id not authorized for this method.") end
    if longest_id and #id > longest_id then
        return refusal(400, "Channel id is too large.", { "channel id is larger than allowed " .. #id }, "warn")
    end
    return nil
end

local function channel_refusal(id, authorized_only, events_allowed)
    local refused = name_refusal(id)
    if refused then return refused end
    local channel = find(id)
    if authorized_only and not (channel and channel.stored > 0) and not is_wildcard(id) then
        return refusal(403, "Subscriber could not create channels.")
    end
    if most_subscribers and channel and channel.subscribers >= most_subscribers then
        return refusal(403, "Subscribers limit per channel has been exceeded.")
    end
    if id == events_id and not events_allowed then
        return refusal(403, "Subscription to events channel is not allowed.", { "subscription to events channel is not allowed" })
    end
    return nil
end

-- The first entry with that event id, as its time and tag; nil where none has it.
local function entry_of_event_id(channel, event_id)
    local beginning = event_id_prefix(event_id)
    local key, last = key_of(channel, "event-ids"), "[" .. beginning .. "\255"
    local found = redis.call("ZRANGEBYLEX", key, "[" .. beginning, last, "LIMIT", 0, 1)[1]
    if not found then return nil end
    local time, tag = string.match(string.sub(found, #beginning + 1), "^(%d+)-(%d+)$")
    return tonumber(time), tonumber(tag)
end

-- The stored messages for a client that asks for the last `backtrack` or, without that number, resumes. See Channel.old_messages.
local function old_messages(channel, backtrack, resume)
    local stream = key_of(channel, "messages")
    if channel.stored == 0 then return {} end
    if backtrack and backtrack > 0 then
        local newest = redis.call("XREVRANGE", stream, "+", "-", "COUNT", math.min(backtrack, channel.stored))
        local entries = {}
        for i = #newest, 1, -1 do entries[#entries + 1] = newest[i] end
        return entries
    end
    local time, tag, event_id = resume[1], resume[2], resume[3]
    local newer = time and entries_after(stream, time, tag) or {}
    if event_id and #event_id > 0 then
        local event_time, event_tag = entry_of_event_id(channel, event_id)
        if event_time then
            local first_time, first_tag = string.match(newer[1] and newer[1][1] or "", "^(%d+)-(%d+)$")
            first_time, first_tag = tonumber(first_time), tonumber(first_tag)
            if not first_time or event_time < first_time or (event_time == first_time and event_tag <= first_tag) then
                return entries_after(stream, event_time, event_tag)
            end
        end
    end
    return newer
end

-- Count a subscriber. Returns those of the channels there was memory for; an open answer ends at the first other.
local function count_subscriber(worker, asked, always, clients)
    local heard, name = {}, worker.name
    for i = 1, #asked do
        local channel = asked[i]
        local key = key_of(channel, "subscribers")
        local entry = redis.call("HGET", key, name)
        local fitting = entry or take(SUBSCRIBERS_OF_WORKER)
        if not fitting and always then break end
        if fitting then
            if not entry then redis.call("ZADD", channels_of(name), worker.session, channel.id) end
            redis.call("HSET", key, name, (entry or 0) + 1)
            channel.subscribers = channel.subscribers + 1
            use(channel)
            changed[channel.id] = channel
            heard[#heard + 1] = channel
        end
    end
    worker.subscribers = worker.subscribers + clients
    write_worker(worker)
    return heard
end

-- Report the subscriber of these channels in the events channel. Those of its events that it hears itself join `messages`.
local function report_subscription(heard, messages)
    local hears_events = false
    for i = 1, #heard do
        local reported = event("client_subscribed", heard[i].id)
        if heard[i].id == events_id then
            hears_events = true
        elseif hears_events and reported then
            messages[#messages + 1] = reported
        end
    end
end

local function subscribed(messages, staying, time, tag, heard)
    return array(6) .. cmsgpack.pack("Subscribed") .. list(messages) .. boolean(staying) .. cmsgpack.pack(time, tag)
        .. (heard or NONE)
end

-- The channels of a subscription; nil and the refusal where one can't be made: its line always comes twice for a subscriber.
local function channels_for(requests)
    local asked = {}
    for i = 1, #requests do
        local channel, status, explain, line = find_or_create(requests[i][1])
        if not channel then return nil, refusal(status, explain, { line, line }) end
        asked[i] = channel
    end
    return asked
end

local function subscription_refusal(requests, authorized_only, events_allowed, too_many_wildcards)
    for i = 1, #requests do
        local refused = channel_refusal(requests[i][1], authorized_only, events_allowed)
        if refused then return refused end
    end
    return too_many_wildcards
        and refusal(403, "Subscribed too much wildcard channels.", { "max subscribed wildcard channels exceeded" }) or nil
end

-- The old messages of these channels. Returns them, their time and tag for the client, and how many there are up to each channel.
local function all_old_messages(asked, requests, resume)
    local messages, ends, time, tag = {}, {}, 0, 0
    for i = 1, #asked do
        local old = old_messages(asked[i], requests[i][2], resume)
        messages_of(old, messages)
        if #old > 0 and (asked[i].time > time or (asked[i].time == time and asked[i].tag > tag)) then
            time, tag = asked[i].time, asked[i].tag
        end
        ends[i] = #messages
    end
    return messages, time, tag, ends
end

local function ids_of(some)
    local ids = {}
    for i = 1, #some do ids[i] = bytes(some[i].id) end
    return list(ids)
end

local function are_too_long(messages)
    local size = 0
    for i = 1, #messages do size = size + #messages[i] end
    return size > MOST_OLD
end

function operations.Subscribe(name, requests, resume, stay, authorized_only, events_allowed)
    local too_many_wildcards, clients = extra[1], extra[2]
    local refused = subscription_refusal(requests, authorized_only, events_allowed, too_many_wildcards)
    if refused then return refused end
    local asked, not_made = channels_for(requests)
    if not asked then return not_made end
    local messages, time, tag, ends = all_old_messages(asked, requests, resume)
    if are_too_long(messages) then
        return refusal(503, "The old messages are too long for one answer of Redis.", { "old messages are too long for Redis" })
    end
    if stay == "never" or (#messages > 0 and stay == "unless-messages") then return subscribed(messages, false, time, tag) end
    local worker = find_worker(name)
    if not worker then return refusal(500, "", { "the zone does not know this worker" }) end
    local heard, ids = count_subscriber(worker, asked, stay == "always", clients), nil
    if #heard < #asked then
        ids = ids_of(heard)
        if stay == "always" then
            for i = #messages, ends[#heard + 1] + 1, -1 do messages[i] = nil end
        end
    end
    report_subscription(heard, messages)
    positions = {}
    for i = 1, #heard do positions[i] = position(heard[i]) end
    return subscribed(messages, true, time, tag, ids)
end

function operations.Unsubscribe(name, ids, clients)
    local worker = find_worker(name)
    -- With several shards a client is counted in one of them only.
    if not worker or (shards == 1 and worker.subscribers == 0) then return NONE end
    worker.subscribers = worker.subscribers - clients
    if shards == 1 then worker.subscribers = math.max(worker.subscribers, 0) end
    write_worker(worker)
    for i = 1, #ids do
        local channel = find(ids[i])
        local key = channel and key_of(channel, "subscribers")
        local subscribers = channel and tonumber(redis.call("HGET", key, name) or 0) or 0
        if subscribers > 0 then
            redis.call("HSET", key, name, subscribers - 1)
            channel.subscribers = channel.subscribers - 1
            changed[channel.id] = channel
            watch(channel)
            event("client_unsubscribed", channel.id)
        end
    end
    return NONE
end

if operations[operation_name] then return done() end

-- what looks at channels -----------------------------------------------------------------------------------------------------

local function read_channels(ids)
    for first = 1, #ids, MOST_ARGUMENTS do
        local keys, some = {}, {}
        for i = first, math.min(first + MOST_ARGUMENTS - 1, #ids) do
            some[#some + 1] = ids[i]
            keys[#keys + 1] = prefix .. "channel:" .. ids[i]
        end
        take_in(some, redis.call("MGET", unpack(keys)), 0)
    end
end

local function existing(ids)
    local found = {}
    for i = 1, #ids do
        local channel = find(ids[i])
        if channel then found[#found + 1] = channel end
    end
    return found
end

-- How many channels there are that are no wildcard channels.
local function usual_channels()
    return redis.call("ZCARD", prefix .. "channels") - zone.wildcards
end

local function listing(found, last)
    local infos = {}
    for i = 1, #found do infos[i] = info(found[i]) end
    return array(6) .. cmsgpack.pack("Listing", usual_channels(), zone.wildcards, now - zone.started) .. list(infos)
        .. cmsgpack.pack(last)
end

local function bytes_in(objects)
    local total = 0
    for i = 1, #objects do
        local class = string.byte(objects, i) - 47
        total = total + (class == WHOLE_PAGE and 4096 or 2 ^ (class + 2))
    end
    return total
end

-- The newest messages of a channel, the newest first: so many, or fewer where they are large.
local function newest_messages(channel, count)
    local stream, found, size, last = key_of(channel, "messages"), {}, 0, "+"
    while #found < count and size <= LARGEST_INSPECTED do
        local known = #found > 0 and 1 or 0 -- the last one comes once more
        local asked = math.min(MOST_IN_PART, count - #found)
        local part = redis.call("XREVRANGE", stream, last, "-", "COUNT", asked + known)
        for i = 1 + known, #part do
            found[#found + 1] = part[i]
            size = size + #part[i][2][2]
        end
        if #part - known < asked then break end
        last = part[#part][1]
    end
    return found
end

-- A channel with so many of its stored messages, at most. measured: of so many the memory is counted.
local function state(channel, shown, measured)
    local newest = channel.stored > 0 and newest_messages(channel, math.max(shown, measured, 1)) or {}
    local messages, memory = {}, 0
    local fitting, size = 0, 0
    for i = 1, math.min(shown, #newest) do
        size = size + #newest[i][2][2]
        if i > 1 and size > LARGEST_INSPECTED then break end
        fitting = i
    end
    for i = fitting, 1, -1 do messages[#messages + 1] = newest[i][2][2] end
    local counted = math.min(math.max(measured, 1), #newest)
    for i = 1, counted do memory = memory + bytes_in(newest[i][2][1]) end
    if counted < channel.stored then memory = math.floor(memory * channel.stored / counted) end
    local entries = redis.call("HLEN", key_of(channel, "subscribers"))
    local own = channel_objects(channel.id) .. string.rep(SUBSCRIBERS_OF_WORKER, entries)
    return array(5) .. info(channel) .. cmsgpack.pack(channel.time, channel.tag, memory + bytes_in(own)) .. list(messages)
end

function operations.ChannelsInfo(ids)
    return listing(existing(ids), 0)
end

function operations.Channels(beginning, after)
    local ids = redis.call("ZRANGEBYSCORE", prefix .. "channels", string.format("(%.0f", after), "+inf", "LIMIT", 0, SLICE + 1)
    local last = 0
    if #ids > SLICE then
        ids[#ids] = nil
        last = find(ids[SLICE]).number
    end
    local wanted = {}
    for i = 1, #ids do
        if string.sub(ids[i], 1, #beginning) == beginning then wanted[#wanted + 1] = ids[i] end
    end
    read_channels(wanted)
    return listing(existing(wanted), last)
end

function operations.Inspect(ids, shown, measured)
    local states, found = {}, existing(ids)
    for i = 1, #found do states[i] = state(found[i], shown, measured) end
    return array(2) .. cmsgpack.pack("Inspected") .. list(states)
end

function operations.UsedMemory()
    return array(4) .. cmsgpack.pack("MemoryUse", pages_used() * 4096, memory_pages * 4096, zone.failures)
end

function operations.Summary()
    local all, subscribers, infos = all_workers(), 0, {}
    for i = 1, #all do
        local worker = all[i]
        subscribers = subscribers + worker.subscribers
        infos[i] = array(4) .. cmsgpack.pack(worker.name, worker.pid, worker.subscribers, now - worker.started)
    end
    local in_delete = redis.call("LLEN", prefix .. "deleted")
    return array(11) .. cmsgpack.pack("Totals", usual_channels(), zone.wildcards, zone.published, zone.stored,
        zone.messages_in_trash, in_delete, zone.channels_in_trash, subscribers, now - zone.started) .. list(infos)
end

if operations[operation_name] then return done() end

-- channels that go -----------------------------------------------------------------------------------------------------------

local function throw_away_channel(objects)
    local trash = present_trash()
    trash[3] = trash[3] + 1
    zone.channels_in_trash = zone.channels_in_trash + 1
    count(objects, trash[4], 1)
end

-- Take the channel out of the zone; its messages and entries stay until they are thrown away.
local function remove(channel)
    local id = channel.id
    channels[id], changed[id] = false, nil
    if channel.wildcard then zone.wildcards = zone.wildcards - 1 end
    redis.call("DEL", prefix .. "channel:" .. id)
    redis.call("ZREM", prefix .. "channels", id)
    redis.call("ZREM", prefix .. "ages", id)
    redis.call("ZREM", prefix .. "idle", id)
    local names = redis.call("HKEYS", key_of(channel, "subscribers"))
    for i = 1, #names do redis.call("ZREM", prefix .. "channels-of:" .. names[i], id) end
end

-- The channel and its entries leave for the trash: nothing of it is left. objects: its own.
local function throw_away_all(channel, objects)
    local subscribers = key_of(channel, "subscribers")
    throw_away_channel(objects .. string.rep(SUBSCRIBERS_OF_WORKER, redis.call("HLEN", subscribers)))
    redis.call("UNLINK", subscribers, key_of(channel, "messages"), key_of(channel, "event-ids"))
    event("channel_destroyed", channel.id)
end

-- text: of the last message of its subscribers. objects: of that message; they go with the channel's.
local function delete(channel, text, objects)
    local id = channel.id
    local message = array(7) .. cmsgpack.pack(-2) .. bytes(id) .. bytes(text) .. cmsgpack.pack(0, 0) .. NONE .. NONE
    if channel.subscribers > 0 then news[#news + 1] = { channel, "\146" .. cmsgpack.pack("Deleted") .. message } end
    remove(channel)
    redis.call("RPUSH", prefix .. "deleted", cmsgpack.pack(id, channel.number, channel.stored, channel_objects(id) .. objects))
    redis.call("SET", prefix .. "deleted:" .. id, cmsgpack.pack(channel.number, message), "EX", DELETION_TIME)
    for _ = 1, channel.subscribers do event("client_unsubscribed", id) end
end

function operations.Delete(ids, text)
    local found = false
    for i = 1, #ids do
        local channel = find(ids[i])
        if channel then
            local objects = objects_of(extra[i])
            if not take(objects) then
                return refusal(500, "", extra[#ids + 1][i])
            end
            found = true
            delete(channel, text, objects)
        end
    end
    return boolean(found)
end

-- workers that come and go ---------------------------------------------------------------------------------------------------

-- The entry of a worker in a channel is to count so many.
local function set_entry(channel, name, subscribers)
    local key = key_of(channel, "subscribers")
    local before = tonumber(redis.call("HGET", key, name) or 0)
    redis.call("HSET", key, name, subscribers)
    channel.subscribers = channel.subscribers + subscribers - before
    changed[channel.id] = channel
end

-- Take the worker's entries out of these channels.
local function drop_entries(name, ids)
    read_channels(ids)
    for i = 1, #ids do
        local channel = channels[ids[i]]
        set_entry(channel, name, 0)
        redis.call("HDEL", key_of(channel, "subscribers"), name)
        redis.call("ZREM", channels_of(name), channel.id)
        count(SUBSCRIBERS_OF_WORKER, zone.memory, -1)
        watch(channel)
    end
end

-- Forget a worker that is gone, in some more channels. Returns whether others are left.
local function forget(name)
    redis.call("HDEL", prefix .. "workers", name)
    workers[name] = false
    local ids = redis.call("ZRANGE", channels_of(name), 0, SLICE - 1)
    drop_entries(name, ids)
    local more = #ids == SLICE
    -- Whoever collects next goes on, should the one that asks for this die now.
    if more then redis.call("ZADD", prefix .. "alive", 0, name) else redis.call("ZREM", prefix .. "alive", name) end
    return more
end

local function attach(name, pid)
    local before = find_worker(name)
    local worker = { name = name, pid = pid, started = now, subscribers = 0, session = session }
    if before then
        worker.order = before.order
    else
        zone.workers_made = zone.workers_made + 1
        worker.order = zone.workers_made
    end
    workers[name] = worker
    write_worker(worker)
    redis.call("ZADD", prefix .. "alive", now, name)
    return worker
end

function operations.Attach(name, pid)
    attach(name, pid)
    return NONE
end

function operations.Forget(name)
    return boolean(forget(name))
end

-- lifetimes: each function does `slice` things at most and returns how many were not needed ----------------------------------

local throw_away, trim = trimming()

local function give_back(trash)
    zone.messages_in_trash = zone.messages_in_trash - trash[2]
    zone.channels_in_trash = zone.channels_in_trash - trash[3]
    for class = 1, WHOLE_PAGE do zone.memory[class] = zone.memory[class] - trash[4][class] end
end

-- Give back the memory of what was there for ten seconds. Returns how many of `slice` seconds were not needed.
local function empty_trash(slice)
    while slice > 0 do
        local oldest = redis.call("LINDEX", prefix .. "trash", 0)
        local trash = oldest and cmsgpack.unpack(oldest) or thrown_away or cmsgpack.unpack(zone.trash)
        if trash[1] == 0 or trash[1] >= now then return slice end
        give_back(trash)
        if oldest then redis.call("LPOP", prefix .. "trash") else thrown_away = new_trash() end
        slice = slice - 1
    end
    return slice
end

local function end_messages(slice)
    local latest = now - message_ttl
    local ids = slice > 0 and redis.call("ZRANGEBYSCORE", prefix .. "ages", "-inf", latest, "LIMIT", 0, slice) or {}
    read_channels(ids)
    for i = 1, #ids do
        local channel = channels[ids[i]]
        local stream = key_of(channel, "messages")
        local entries = redis.call("XRANGE", stream, "-", latest .. "-18446744073709551615", "COUNT", slice)
        throw_away(channel, entries, true)
        if #entries > 0 then trim(channel) end
        if channel.stored == 0 then
            redis.call("ZREM", prefix .. "ages", channel.id)
            watch(channel)
        elseif #entries < slice then
            local oldest = redis.call("XRANGE", stream, "-", "+", "COUNT", 1)[1][1]
            redis.call("ZADD", prefix .. "ages", string.match(oldest, "^%d+"), channel.id)
        end
        changed[channel.id] = channel
        slice = slice - math.max(#entries, 1)
        if slice <= 0 then return 0 end
    end
    return slice
end

local function collect_idle_channel(channel)
    local id = channel.id
    if id == events_id then
        redis.call("ZREM", prefix .. "idle", id)
    elseif channel.stored > 0 or channel.subscribers > 0 then
        redis.call("ZREM", prefix .. "idle", id)
        channel.watched = false
        changed[id] = channel
    elseif channel.idle_until >= now then
        redis.call("ZADD", prefix .. "idle", channel.idle_until, id)
    else
        remove(channel)
        throw_away_all(channel, channel_objects(id))
    end
end

-- Move channels without messages and subscribers, whose time has passed, to the trash.
local function collect_idle(slice)
    local ids = slice > 0 and redis.call("ZRANGEBYSCORE", prefix .. "idle", "-inf", "(" .. now, "LIMIT", 0, slice) or {}
    read_channels(ids)
    table.sort(ids, function(one, other) return channels[one].number < channels[other].number end)
    for i = 1, #ids do collect_idle_channel(channels[ids[i]]) end
    return slice - #ids
end

-- Move deleted channels to the trash.
local function collect_deleted(slice)
    while slice > 0 do
        local packed = redis.call("LINDEX", prefix .. "deleted", 0)
        if not packed then return slice end
        local id, number, stored, objects = cmsgpack.unpack(packed)
        local channel = { id = id, number = number, stored = stored }
        local entries = stored > 0 and redis.call("XRANGE", key_of(channel, "messages"), "-", "+", "COUNT", slice) or {}
        throw_away(channel, entries, true)
        slice = slice - #entries
        if slice > 0 then
            slice = slice - 1
            redis.call("LPOP", prefix .. "deleted")
            throw_away_all(channel, objects)
        else
            trim(channel)
            redis.call("LSET", prefix .. "deleted", 0, cmsgpack.pack(id, number, channel.stored, objects))
        end
    end
    return slice
end

-- Forget a worker that has not been heard of for too long. Returns whether it may not be the only one.
local function forget_the_silent()
    -- After a pause no worker could be heard of.
    if moment - zone.collected > 2 * COLLECT_INTERVAL then zone.forgets_from = now + SILENCE end
    if now < zone.forgets_from then return false end
    local silent = redis.call("ZRANGEBYSCORE", prefix .. "alive", "-inf", "(" .. now - SILENCE, "LIMIT", 0, 1)[1]
    if not silent then return false end
    forget(silent)
    return true
end

-- Whether so many milliseconds have passed since a turn, or the server's clock was set back.
local function is_due(turn, interval)
    return moment < turn or moment - turn >= interval
end

function operations.Collect()
    if find_worker(worker_name) then redis.call("ZADD", prefix .. "alive", now, worker_name) end
    if timed and not is_due(zone.collected, COLLECT_INTERVAL) then return FALSE end
    local left = end_messages(SLICE)
    left = collect_idle(left)
    left = collect_deleted(left)
    left = empty_trash(left)
    local more = forget_the_silent() or left == 0
    -- Whoever asks again may go on at once.
    if not more then zone.collected = moment end
    return boolean(more)
end

function operations.CollectMessages()
    if timed and not is_due(zone.messages_collected, COLLECT_MESSAGES_INTERVAL) then return FALSE end
    local more = end_messages(SLICE) == 0
    if not more then zone.messages_collected = moment end
    return boolean(more)
end

-- workers that come back -----------------------------------------------------------------------------------------------------

local _, add_channel = creating()

-- The deletions of these held channels, where they were deleted while the worker was away.
local function deletions_of(held)
    local keys, deletions = {}, {}
    for i = 1, #held do keys[i] = prefix .. "deleted:" .. held[i][1] end
    local found = #keys > 0 and redis.call("MGET", unpack(keys)) or {}
    for i = 1, #held do
        if found[i] then
            local number, message = cmsgpack.unpack(found[i])
            if number >= held[i][2] then deletions[i] = message end
        end
    end
    return deletions
end

-- A channel that was dropped or lost while the worker was away. It has subscribers, so nothing refuses it.
local function make_again(id)
    count(channel_objects(id), zone.memory, 1)
    return add_channel(id)
end

local function hold(channel, name, subscribers)
    if not redis.call("HGET", key_of(channel, "subscribers"), name) then count(SUBSCRIBERS_OF_WORKER, zone.memory, 1) end
    redis.call("ZADD", channels_of(name), session, channel.id)
    set_entry(channel, name, subscribers)
    use(channel)
end

-- The entries after a time and tag, `most` of them or fewer: no more are read when they have more bytes than `room`. Returns
-- them, their bytes, and whether these are all there are. Entries may be large, and are read before they are counted: so a part
-- of them is small.
local function missed_entries(stream, time, tag, most, room)
    local entries, size, length = {}, 0, 1
    while #entries < most and size <= room do
        length = math.min(length, most - #entries)
        local part = entries_after(stream, time, tag, "COUNT", length)
        for i = 1, #part do
            entries[#entries + 1] = part[i]
            size = size + #part[i][2][2]
        end
        if #part < length then return entries, size, true end
        local last_time, last_tag = string.match(part[#part][1], "(%d+)-(%d+)")
        time, tag, length = tonumber(last_time), tonumber(last_tag), math.min(2 * length, MOST_IN_PART)
    end
    return entries, size, false
end

-- Give what the worker has missed of the channels it holds, as long as there is not too much of it.
local function hold_all(name, held, rejoined)
    local deletions, left, size = deletions_of(held), SLICE, 0
    for i = 1, #held do
        local id, number, time, tag, subscribers = unpack(held[i], 1, 5)
        if deletions[i] then
            rejoined.deleted[#rejoined.deleted + 1] = deletions[i]
        elseif left == 0 or size > LARGEST_REJOIN then
            rejoined.behind[#rejoined.behind + 1] = position_at(id, number, time, tag)
        else
            local channel = find(id) or make_again(id)
            if channel.number ~= number then time, tag = 0, 0 end -- of a channel that was lost
            local missed, bytes_missed, whole = {}, 0, true
            if channel.stored > 0 then
                missed, bytes_missed, whole = missed_entries(key_of(channel, "messages"), time, tag, left, LARGEST_REJOIN - size)
            end
            messages_of(missed, rejoined.messages)
            size = size + bytes_missed
            if whole then
                hold(channel, name, subscribers)
                rejoined.positions[#rejoined.positions + 1] = position(channel)
            else
                local last_time, last_tag = string.match(missed[#missed][1], "(%d+)-(%d+)")
                rejoined.behind[#rejoined.behind + 1] = position_at(id, channel.number, tonumber(last_time), tonumber(last_tag))
            end
            left = left - #missed
        end
    end
end

-- Forget what the zone counted for the worker in sessions before. Returns whether there is more.
local function drop_older_entries(name)
    local ids = redis.call("ZRANGEBYSCORE", channels_of(name), "-inf", "(" .. session, "LIMIT", 0, SLICE)
    drop_entries(name, ids)
    return #ids == SLICE
end

function operations.Rejoin(name, pid, clients, held, last)
    local worker = find_worker(name)
    if not worker or worker.session ~= session then
        local started = worker and worker.started or now
        worker = attach(name, pid)
        worker.started = started
        add_events_channel()
    end
    worker.subscribers = clients
    write_worker(worker)
    local rejoined = { messages = {}, deleted = {}, positions = {}, behind = {} }
    hold_all(name, held, rejoined)
    local more = last and drop_older_entries(name)
    return array(6) .. cmsgpack.pack("Rejoined") .. list(rejoined.messages) .. list(rejoined.deleted) .. list(rejoined.positions)
        .. list(rejoined.behind) .. boolean(more)
end

function operations.ReportEvents(events)
    for i = 1, #events do event(events[i][1], events[i][2]) end
    return NONE
end

return done()
