-- Publishing.

-- All workers, in the order in which they started.
local function all_workers()
    local all, read = {}, redis.call("HGETALL", prefix .. "workers")
    for i = 1, #read, 2 do
        local pid, started, order, subscribers = cmsgpack.unpack(read[i + 1])
        all[#all + 1] = { name = read[i], pid = pid, started = started, order = order, subscribers = subscribers }
    end
    table.sort(all, function(one, other) return one.order < other.order end)
    return all
end

-- What the error log says of messages that the workers do not get.
local function losses()
    local lines, all = {}, all_workers()
    for i = 1, #lost do
        for slot = 1, #all do
            local subscribers = redis.call("HGET", key_of(lost[i], "subscribers"), all[slot].name)
            if subscribers and subscribers ~= "0" then
                lines[#lines + 1] = "unable to allocate worker message, pid: " .. all[slot].pid .. ", slot: " .. slot - 1
            end
        end
    end
    return lines
end

function operations.Create(ids)
    for i = 1, #ids do
        local channel, status, explain, line = find_or_create(ids[i])
        if not channel then return refusal(status, explain, status == 403 and { line, line } or { line }) end
    end
    return NONE
end

function operations.Publish(ids, text, store, event_id, event_type)
    local published = {}
    for i = 1, #ids do
        local channel, status, explain, line = find_or_create(ids[i])
        if not channel then return refusal(status, explain, status == 403 and { line, line } or { line }) end
        if not add(channel, text, store, event_id, event_type, extra[i]) then
            return refusal(500, "", { "unable to allocate message in shared memory" }, "error", true)
        end
        published[i] = channel
    end
    for i = 1, #published do published[i] = info(published[i]) end
    if #lost == 0 then return array(2) .. cmsgpack.pack("Published") .. list(published) end
    local lines = losses()
    return array(3) .. cmsgpack.pack("Published") .. list(published) .. (#lines > 0 and cmsgpack.pack(lines) or array(0))
end

if operations[operation_name] then return done() end
