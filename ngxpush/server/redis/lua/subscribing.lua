-- Subscribing, and leaving.

local function write_worker(worker)
    redis.call("HSET", prefix .. "workers", worker.name,
        cmsgpack.pack(worker.pid, worker.started, worker.order, worker.subscribers, worker.session))
end

local function channels_of(name)
    return prefix .. "channels-of:" .. name
end

-- Drop the channel when its time has passed, if it is empty now.
local function watch(channel)
    if not channel.watched and channel.stored == 0 and channel.subscribers == 0 then
        channel.watched = true
        redis.call("ZADD", prefix .. "idle", channel.idle_until, channel.id)
    end
end

local function messages_of(entries, messages)
    for i = 1, #entries do messages[#messages + 1] = entries[i][2][2] end
end

local function position_at(id, number, time, tag)
    return array(4) .. bytes(id) .. cmsgpack.pack(number, time, tag)
end

local function position(channel)
    return position_at(channel.id, channel.number, channel.time, channel.tag)
end

-- The entries after a time and tag. A time without a tag leaves out all messages of that second.
local function entries_after(stream, time, tag, ...)
    if time < 0 or (time == 0 and tag and tag < 0) then return redis.call("XRANGE", stream, "-", "+", ...) end
    local first = string.format("(%.0f-%s", math.min(time, 2 ^ 53),
        tag and string.format("%.0f", math.max(math.min(tag, 2 ^ 53), 0)) or "18446744073709551615")
    if tag and tag < 0 then first = string.sub(first, 2) end
    return redis.call("XRANGE", stream, first, "+", ...)
end

local _, _, is_wildcard = creating()

local function name_refusal(id)
    local shown = string.match(id, "^[^%z]*")
    if id == "ALL" or string.find(shown, "*", 1, true) then return refusal(403, "Channel id not authorized for this method.") end
    if longest_id and #id > longest_id then
        return refusal(400, "Channel id is too large.", { "channel id is larger than allowed " .. #id }, "warn")
    end
    return nil
end

local function channel_refusal(id, authorized_only, events_allowed)
    local refused = name_refusal(id)
    if refused then return refused end
    local channel = find(id)
    if authorized_only and not (channel and channel.stored > 0) and not is_wildcard(id) then
        return refusal(403, "Subscriber could not create channels.")
    end
    if most_subscribers and channel and channel.subscribers >= most_subscribers then
        return refusal(403, "Subscribers limit per channel has been exceeded.")
    end
    if id == events_id and not events_allowed then
        return refusal(403, "Subscription to events channel is not allowed.", { "subscription to events channel is not allowed" })
    end
    return nil
end

-- The first entry with that event id, as its time and tag; nil where none has it.
local function entry_of_event_id(channel, event_id)
    local beginning = event_id_prefix(event_id)
    local key, last = key_of(channel, "event-ids"), "[" .. beginning .. "\255"
    local found = redis.call("ZRANGEBYLEX", key, "[" .. beginning, last, "LIMIT", 0, 1)[1]
    if not found then return nil end
    local time, tag = string.match(string.sub(found, #beginning + 1), "^(%d+)-(%d+)$")
    return tonumber(time), tonumber(tag)
end

-- The stored messages for a client that asks for the last `backtrack` or, without that number, resumes. See Channel.old_messages.
local function old_messages(channel, backtrack, resume)
    local stream = key_of(channel, "messages")
    if channel.stored == 0 then return {} end
    if backtrack and backtrack > 0 then
        local newest = redis.call("XREVRANGE", stream, "+", "-", "COUNT", math.min(backtrack, channel.stored))
        local entries = {}
        for i = #newest, 1, -1 do entries[#entries + 1] = newest[i] end
        return entries
    end
    local time, tag, event_id = resume[1], resume[2], resume[3]
    local newer = time and entries_after(stream, time, tag) or {}
    if event_id and #event_id > 0 then
        local event_time, event_tag = entry_of_event_id(channel, event_id)
        if event_time then
            local first_time, first_tag = string.match(newer[1] and newer[1][1] or "", "^(%d+)-(%d+)$")
            first_time, first_tag = tonumber(first_time), tonumber(first_tag)
            if not first_time or event_time < first_time or (event_time == first_time and event_tag <= first_tag) then
                return entries_after(stream, event_time, event_tag)
            end
        end
    end
    return newer
end

-- Count a subscriber. Returns those of the channels there was memory for; an open answer ends at the first other.
local function count_subscriber(worker, asked, always, clients)
    local heard, name = {}, worker.name
    for i = 1, #asked do
        local channel = asked[i]
        local key = key_of(channel, "subscribers")
        local entry = redis.call("HGET", key, name)
        local fitting = entry or take(SUBSCRIBERS_OF_WORKER)
        if not fitting and always then break end
        if fitting then
            if not entry then redis.call("ZADD", channels_of(name), worker.session, channel.id) end
            redis.call("HSET", key, name, (entry or 0) + 1)
            channel.subscribers = channel.subscribers + 1
            use(channel)
            changed[channel.id] = channel
            heard[#heard + 1] = channel
        end
    end
    worker.subscribers = worker.subscribers + clients
    write_worker(worker)
    return heard
end

-- Report the subscriber of these channels in the events channel. Those of its events that it hears itself join `messages`.
local function report_subscription(heard, messages)
    local hears_events = false
    for i = 1, #heard do
        local reported = event("client_subscribed", heard[i].id)
        if heard[i].id == events_id then
            hears_events = true
        elseif hears_events and reported then
            messages[#messages + 1] = reported
        end
    end
end

local function subscribed(messages, staying, time, tag, heard)
    return array(6) .. cmsgpack.pack("Subscribed") .. list(messages) .. boolean(staying) .. cmsgpack.pack(time, tag)
        .. (heard or NONE)
end

-- The channels of a subscription; nil and the refusal where one can't be made: its line always comes twice for a subscriber.
local function channels_for(requests)
    local asked = {}
    for i = 1, #requests do
        local channel, status, explain, line = find_or_create(requests[i][1])
        if not channel then return nil, refusal(status, explain, { line, line }) end
        asked[i] = channel
    end
    return asked
end

local function subscription_refusal(requests, authorized_only, events_allowed, too_many_wildcards)
    for i = 1, #requests do
        local refused = channel_refusal(requests[i][1], authorized_only, events_allowed)
        if refused then return refused end
    end
    return too_many_wildcards
        and refusal(403, "Subscribed too much wildcard channels.", { "max subscribed wildcard channels exceeded" }) or nil
end

-- The old messages of these channels. Returns them, their time and tag for the client, and how many there are up to each channel.
local function all_old_messages(asked, requests, resume)
    local messages, ends, time, tag = {}, {}, 0, 0
    for i = 1, #asked do
        local old = old_messages(asked[i], requests[i][2], resume)
        messages_of(old, messages)
        if #old > 0 and (asked[i].time > time or (asked[i].time == time and asked[i].tag > tag)) then
            time, tag = asked[i].time, asked[i].tag
        end
        ends[i] = #messages
    end
    return messages, time, tag, ends
end

local function ids_of(some)
    local ids = {}
    for i = 1, #some do ids[i] = bytes(some[i].id) end
    return list(ids)
end

local function are_too_long(messages)
    local size = 0
    for i = 1, #messages do size = size + #messages[i] end
    return size > MOST_OLD
end

function operations.Subscribe(name, requests, resume, stay, authorized_only, events_allowed)
    local too_many_wildcards, clients = extra[1], extra[2]
    local refused = subscription_refusal(requests, authorized_only, events_allowed, too_many_wildcards)
    if refused then return refused end
    local asked, not_made = channels_for(requests)
    if not asked then return not_made end
    local messages, time, tag, ends = all_old_messages(asked, requests, resume)
    if are_too_long(messages) then
        return refusal(503, "The old messages are too long for one answer of Redis.", { "old messages are too long for Redis" })
    end
    if stay == "never" or (#messages > 0 and stay == "unless-messages") then return subscribed(messages, false, time, tag) end
    local worker = find_worker(name)
    if not worker then return refusal(500, "", { "the zone does not know this worker" }) end
    local heard, ids = count_subscriber(worker, asked, stay == "always", clients), nil
    if #heard < #asked then
        ids = ids_of(heard)
        if stay == "always" then
            for i = #messages, ends[#heard + 1] + 1, -1 do messages[i] = nil end
        end
    end
    report_subscription(heard, messages)
    positions = {}
    for i = 1, #heard do positions[i] = position(heard[i]) end
    return subscribed(messages, true, time, tag, ids)
end

function operations.Unsubscribe(name, ids, clients)
    local worker = find_worker(name)
    -- With several shards a client is counted in one of them only.
    if not worker or (shards == 1 and worker.subscribers == 0) then return NONE end
    worker.subscribers = worker.subscribers - clients
    if shards == 1 then worker.subscribers = math.max(worker.subscribers, 0) end
    write_worker(worker)
    for i = 1, #ids do
        local channel = find(ids[i])
        local key = channel and key_of(channel, "subscribers")
        local subscribers = channel and tonumber(redis.call("HGET", key, name) or 0) or 0
        if subscribers > 0 then
            redis.call("HSET", key, name, subscribers - 1)
            channel.subscribers = channel.subscribers - 1
            changed[channel.id] = channel
            watch(channel)
            event("client_unsubscribed", channel.id)
        end
    end
    return NONE
end

if operations[operation_name] then return done() end
