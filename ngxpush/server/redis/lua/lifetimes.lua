-- Lifetimes: each function does `slice` things at most and returns how many were not needed.

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
