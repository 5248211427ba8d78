-- What has changed goes back to the keys.

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
