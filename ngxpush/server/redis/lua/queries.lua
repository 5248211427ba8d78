-- What only looks at channels.

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
