-- MessagePack: bytes have a type of their own, which cmsgpack does not write.

local function array(length)
    if length < 16 then return string.char(144 + length) end
    if length < 65536 then return struct.pack(">BH", 220, length) end
    return struct.pack(">BI4", 221, length)
end

local function bytes(text)
    local length = #text
    if length < 256 then return "\196" .. string.char(length) .. text end
    if length < 65536 then return struct.pack(">BH", 197, length) .. text end
    return struct.pack(">BI4", 198, length) .. text
end

local function list(items)
    return array(#items) .. table.concat(items)
end

local function bytes_or_none(text)
    return text and bytes(text) or NONE
end

local function boolean(value)
    return value and TRUE or FALSE
end

local function refusal(status, explain, logged, level, error_page)
    return array(6) .. cmsgpack.pack("Refusal", status) .. bytes(explain) .. (logged and cmsgpack.pack(logged) or array(0))
        .. cmsgpack.pack(level or "error") .. boolean(error_page)
end
