-- The frames for the worker that calls, which are returned, and for others, which are published.

-- The frames of what is new, by worker.
local function frames_by_worker()
    local frames, hearers = {}, {}
    for i = 1, #news do
        local channel, frame = news[i][1], news[i][2]
        local names = hearers[channel]
        if not names then
            names = {}
            local entries = redis.call("HGETALL", key_of(channel, "subscribers"))
            for j = 1, #entries, 2 do
                if entries[j + 1] ~= "0" then names[#names + 1] = entries[j] end
            end
            hearers[channel] = names
        end
        for j = 1, #names do
            local own = frames[names[j]]
            if own then own[#own + 1] = frame else frames[names[j]] = { frame } end
        end
    end
    return frames
end

local function answered(result)
    local length = #elsewhere > 0 and 5 or failures > 0 and 4 or positions and 3 or 2
    local frame = array(length + 1) .. cmsgpack.pack("CallDone", number_of_call) .. result
    if length > 2 then frame = frame .. (positions and list(positions) or array(0)) end
    if length > 3 then frame = frame .. cmsgpack.pack(failures) end
    if length > 4 then frame = frame .. list(elsewhere) end
    return frame
end

-- Give each worker its frames. Returns those of the worker that calls.
local function pass_on(result)
    if #news == 0 then return "\145" .. answered(result) end
    local frames = frames_by_worker()
    local own = frames[worker_name] or {}
    frames[worker_name] = nil
    for name, some in pairs(frames) do redis.call(publish, prefix .. "worker:" .. name, list(some)) end
    own[#own + 1] = answered(result)
    return list(own)
end
