-- uses: op idea draft outbox
-- Changes an idea that is still at the version the change was made from.
-- ARGV: op, key, version, event as JSON, whose draft, its slot and form to
-- drop or '', number of values to set, number of fields to clear, field, value,
-- ..., field, ..., then nine values per outbox entry.
-- Returns {'stored' or 'conflict', field, value, ...} or {'no idea'}.
-- Promises: fields that are not named stay as they are; a conflict changes
-- nothing and is not kept as the operation's result.

local op, key, version, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local user, slot, form = ARGV[5], ARGV[6], ARGV[7]
local sets, clears = tonumber(ARGV[8]), tonumber(ARGV[9])
local name = W .. 'idea:' .. key

local result = replay(op, 'change ' .. key)
if result then return result end

local function answer(status)
  local flat = redis.call('HGETALL', name)
  table.insert(flat, 1, status)
  return flat
end

local old = record(redis.call('HGETALL', name))
if not old.key then return {'no idea'} end
if old.version ~= version then return answer('conflict') end

for i = 10, 9 + sets, 2 do redis.call('HSET', name, ARGV[i], ARGV[i + 1]) end
for i = 10 + sets, 9 + sets + clears do redis.call('HDEL', name, ARGV[i]) end
redis.call('HINCRBY', name, 'version', 1)
local new = record(redis.call('HGETALL', name))
if old.stage ~= new.stage or (old.withdrawn == nil) ~= (new.withdrawn == nil) then
  unfile(old)
  file(new)
end
redis.call('RPUSH', W .. 'history:' .. key, event)
announce(redis.call('INCR', W .. 'seq'), key)
drop_draft(user, slot, form)
enqueue_all(10 + sets + clears)
return remember(op, 'change ' .. key, answer('stored'))
