-- Workers that come back.

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
