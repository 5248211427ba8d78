-- Workers that come and go.

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
