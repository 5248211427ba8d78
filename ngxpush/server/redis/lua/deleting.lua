-- Channels that go.

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
