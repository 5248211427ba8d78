-- Channels that are made.

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
