-- What stands in the keys, as tables.

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
