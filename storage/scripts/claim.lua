-- uses: op outbox
-- Hands out entries that are due.
-- ARGV: token of this call, how many, lease in ms, pause between two entries
-- of one lane in ms, 0 where they do not wait for each other at all.
-- Returns {wait in ms, {id, message, field, value, ...}, ...}.
-- Promises: an entry is held by one claimer until its lease ends; the same
-- token gets the same entries; a lane's entries come in order of being due, at
-- its pace and one after the other, whoever claims them: the next when what became of
-- the one before is recorded, or its lease ended.

local token, n, lease, pace = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()
local batch = 100 -- of old entries looked after in one call

local function due_in(name, limit)
  return redis.call('ZRANGEBYSCORE', W .. name, '-inf', int(now), 'LIMIT', 0, limit)
end

local function handed(id)
  local flat = redis.call('HGETALL', W .. 'out:' .. id)
  flat[#flat + 1] = 'now'
  flat[#flat + 1] = int(now)
  table.insert(flat, 1, shown(id, record(flat)))
  table.insert(flat, 1, id)
  return flat
end

local before = redis.call('HGET', W .. 'op:' .. token, 'claim')
if before then
  local reply = {0}
  for _, id in ipairs(cjson.decode(before)) do reply[#reply + 1] = handed(id) end
  return reply
end

-- Whoever held these is gone. What was on its way may have arrived.
for _, id in ipairs(due_in('outbox:sending', batch)) do
  local entry = record(redis.call('HGETALL', W .. 'out:' .. id))
  if entry.repeatable == '1' or is_job(entry) or shown(id, entry) ~= '' then
    redis.call('HSET', W .. 'out:' .. id, 'prior', 'sending')
    redis.call('HDEL', W .. 'out:' .. id, 'again')
    move(id, 'sending', 'due', now)
  else
    redis.call('HDEL', W .. 'out:' .. id, 'again')
    trouble(id, entry, 'unknown', 'lease-expired', now)
  end
end

for _, state in ipairs({'sent', 'failed', 'unknown'}) do
  for _, id in ipairs(due_in('outbox:' .. state, batch)) do
    settled(id, redis.call('HGET', W .. 'out:' .. id, 'author'))
    redis.call('ZREM', W .. 'outbox:' .. state, id)
    redis.call('DEL', W .. 'out:' .. id)
  end
end

local reply, ids = {0}, {}
while #ids < n do
  local lane = due_in('outbox:lanes', 1)[1]
  if not lane then break end
  local id = due_in('lane:' .. lane, 1)[1]
  if not id then
    plan(lane)
  else
    local entry = record(redis.call('HGETALL', W .. 'out:' .. id))
    local till = 0
    if is_job(entry) then
      till = 0 -- it calls no method
    elseif shown(id, entry) ~= '' then
      till = held_until('by:chat.update')
    else
      till = held_until('by:chat.postMessage')
      if entry.channel == '' then till = math.max(till, held_until('by:conversations.open')) end
    end
    till = math.max(till, held_until('under:' .. lane))
    if till > now then
      redis.call('ZADD', W .. 'outbox:lanes', int(till), lane)
    else
      if pace > 0 then
        hold('to:' .. lane, now, now + pace)
        hold('under:' .. lane, now, now + lease)
      end
      redis.call('HINCRBY', W .. 'out:' .. id, 'attempt', 1)
      move(id, 'due', 'sending', now + lease)
      ids[#ids + 1] = id
      reply[#reply + 1] = handed(id)
    end
  end
end

if #ids > 0 then
  redis.call('HSET', W .. 'op:' .. token, 'claim', cjson.encode(ids))
  redis.call('PEXPIRE', W .. 'op:' .. token, int(lease))
end
if #ids < n then
  local wait = 1000
  for _, name in ipairs({'outbox:lanes', 'outbox:sending'}) do
    local next = redis.call('ZRANGE', W .. name, 0, 0, 'WITHSCORES')
    if next[2] then wait = math.min(wait, math.max(0, tonumber(next[2]) - now)) end
  end
  reply[1] = wait
end
return reply
