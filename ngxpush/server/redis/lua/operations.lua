-- The operations: each of the files that follow has functions for some.

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

-- Do the operation. A file ends the call when it has the function for it: those of the files after it are not made then.
local function done()
    local result = operations[operation_name](unpack(operation, 2, 8))
    if not packed or not QUERIES[operation_name] then write() end
    return pass_on(result)
end
