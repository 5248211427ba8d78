-- The call begins: what it names is read, and calls that may not be made, or change nothing, end here.

-- The channels that the operation names: they are read with the zone. Of many the others are read as they are needed.
local function named()
    local name, fields, ids = operation_name, operation, {}
    if name == "Publish" or name == "Create" or name == "Delete" or name == "ChannelsInfo" or name == "Inspect" then
        for i = 1, math.min(#fields[2], MOST_ARGUMENTS) do ids[i] = fields[2][i] end
    elseif name == "Subscribe" then
        for i = 1, math.min(#fields[3], MOST_ARGUMENTS) do ids[i] = fields[3][i][1] end
    elseif name == "Unsubscribe" then
        for i = 1, math.min(#fields[3], MOST_ARGUMENTS) do ids[i] = fields[3][i] end
    end
    if events_id and events_here and not QUERIES[name] then ids[#ids + 1] = events_id end
    return ids
end

local function read_time()
    if given_time then
        now, moment, microsecond = given_time, given_time * 1000, 0
    else
        local time = redis.call("TIME")
        now, moment, microsecond = tonumber(time[1]), time[1] * 1000 + math.floor(time[2] / 1000), tonumber(time[2])
    end
end

-- Whether the worker may call: its session is the present one, or begins now.
local function is_present()
    if session == 0 then return true end
    if not zone then return operation_name == "Rejoin" end
    local worker = find_worker(worker_name)
    if operation_name == "Rejoin" then return not worker or worker.session <= session end
    if operation_name == "Forget" and not worker then return true end -- a slice has forgotten the worker itself already
    return worker and worker.session == session
end

read_time()
local packed = read_first(named())
if packed then
    zone = read_zone(packed)
    if zone.shards ~= shards then return redis.error_reply("NGXPUSH shards " .. zone.shards) end
    now = math.max(now, zone.now)
end
if not is_present() then return redis.error_reply("NGXPUSH forgotten") end

-- Each publisher makes its channels first, and most exist already.
if operation_name == "Create" and zone then
    local missing = false
    for i = 1, #operation[2] do missing = missing or not find(operation[2][i]) end
    if not missing then return pass_on(NONE) end
end
