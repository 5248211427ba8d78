-- The memory of the zone: what objects there is room for.

-- The objects of these sizes in bytes.
local function objects_of(sizes)
    local objects = ""
    for i = 1, #sizes do
        local size = sizes[i]
        if size > 2048 then
            objects = objects .. string.rep("9", math.ceil(size / 4096))
        else
            local _, bits = math.frexp(size - 1)
            objects = objects .. (bits > 3 and bits - 3 or 0)
        end
    end
    return objects
end

local function count(objects, counts, step)
    for i = 1, #objects do
        local class = string.byte(objects, i) - 47
        counts[class] = counts[class] + step
    end
end

local function pages_used()
    local counts = zone.memory
    local pages = counts[WHOLE_PAGE]
    for class = 1, 9 do pages = pages + math.ceil(counts[class] / CHUNKS_PER_PAGE[class]) end
    return pages
end

-- Take objects. Returns whether they fit; if not, nothing is taken.
local function take(objects)
    count(objects, zone.memory, 1)
    if pages_used() <= memory_pages then return true end
    count(objects, zone.memory, -1)
    failures = failures + 1
    return false
end

-- Whether there is memory to pass a message on to a worker.
local function passes_on()
    if zone.memory[4] % CHUNKS_PER_PAGE[4] > 0 then return true end
    local fitting = take(SUBSCRIBERS_OF_WORKER)
    if fitting then count(SUBSCRIBERS_OF_WORKER, zone.memory, -1) end
    return fitting
end

local function channel_objects(id)
    return objects_of({ 256, #id + 1 })
end
