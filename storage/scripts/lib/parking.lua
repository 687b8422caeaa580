-- Library: which parked ideas come back by themselves.

-- When an idea was parked, in ms; nil when it is not. It tells one parking of an
-- idea from another. parking: JSON or nothing.
local function parked_at(parking)
  if parking then return cjson.decode(parking).at end
end

-- Whether a test has passed by its summary as JSON.
local function has_passed(summary)
  return summary and cjson.decode(summary).verdict == 'passed'
end

-- The ideas that wait for something: 'delivered:KEY', 'test:KEY:RUN' or
-- 'red:OUTCOME'.
local function waiting_for(what)
  return redis.call('ZRANGE', W .. 'waiting:' .. what, 0, -1)
end

-- Whether all that a parked idea waits for is that an outcome turns red. parking: as
-- a table.
local function awaits_red_alone(parking)
  return parking.red and not (parking.day or parking.asked_by or parking.delivered or parking.test)
end

-- The ideas that wait in vain once an outcome is closed: it cannot turn red any more.
local function waiting_in_vain(outcome)
  local keys = {}
  for _, key in ipairs(waiting_for('red:' .. outcome)) do
    if awaits_red_alone(cjson.decode(redis.call('HGET', W .. 'idea:' .. key, 'parking'))) then keys[#keys + 1] = key end
  end
  return keys
end

-- Whether what a parked idea waits for happened since it was parked: in the
-- moment before that was stored, or while the idea was withdrawn.
local function overtaken(idea)
  if not idea.parking or idea.withdrawn then return false end
  local parking = cjson.decode(idea.parking)
  if parking.back then return false end
  if parking.asked_by and tonumber(idea.asked or '0') >= parking.asked_by then return true end
  if parking.delivered then
    local other = redis.call('HMGET', W .. 'idea:' .. parking.delivered, 'stage', 'staged')
    if (other[1] == 'delivered' or other[1] == 'learned') and tonumber(other[2] or '0') > parking.at then return true end
  end
  if parking.test then
    local key, id = string.match(parking.test, '^([^:]+):(%d+)$')
    local text = redis.call('HGET', W .. 'runs:' .. key, id)
    if has_passed(text) and (cjson.decode(text).last or 0) > parking.at then return true end
  end
  if parking.red then
    local outcome = redis.call('HMGET', W .. 'outcome:' .. parking.red, 'red_at', 'closed')
    if outcome[1] and tonumber(outcome[1]) > parking.at or outcome[2] and awaits_red_alone(parking) then return true end
  end
  return false
end
