-- Messages and events.

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
