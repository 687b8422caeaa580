-- Library: the store's clock, records, and results of operations.

local W = KEYS[1]

-- Redis' own time in ms, the same for all replicas of the program.
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Numbers go to Redis as whole decimals, never as 1.7e+12.
local function int(n)
  return string.format('%.0f', n)
end

-- A flat reply {field, value, ...} as a table.
local function record(flat)
  local t = {}
  for i = 1, #flat, 2 do t[flat[i]] = flat[i + 1] end
  return t
end

-- The result this step of the operation gave before, or nil. Reading it
-- renews its lifetime: a write, so that WAIT has something to wait for.
local function replay(op, step)
  local result = redis.call('HGET', W .. 'op:' .. op, step)
  if not result then return nil end
  redis.call('EXPIRE', W .. 'op:' .. op, 86400)
  return cjson.decode(result)
end

-- Keeps the result (a list of strings) of a step and returns it.
local function remember(op, step, result)
  redis.call('HSET', W .. 'op:' .. op, step, cjson.encode(result))
  redis.call('EXPIRE', W .. 'op:' .. op, 86400)
  return result
end
