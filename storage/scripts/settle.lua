-- uses: op outbox
-- Records that an attempt to send did not succeed.
-- ARGV: id, attempt, 'failed' or 'unknown' or 'due', code, ms until due (0 to
-- keep its place in its lane).
-- Returns {'stored'} or {'stale'}.
-- Promises: what was added while it failed is tried; what is unknown stays so
-- until a person asks for it.

local id, attempt, state, code, delay = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local name, now = W .. 'out:' .. id, clock()
local entry = record(redis.call('HGETALL', name))

if entry.attempt ~= attempt then return {'stale'} end
if entry.state ~= 'sending' then
  if entry.state == state and entry.code == code then return {'stored'} end
  return {'stale'}
end

redis.call('HDEL', name, 'again')
redis.call('HINCRBY', name, 'misses', 1)
if state == 'due' then
  redis.call('HSET', name, 'code', code, 'prior', 'due')
  move(id, 'sending', 'due', delay > 0 and now + delay or tonumber(entry.first))
elseif state == 'failed' and entry.again then
  redis.call('HSET', name, 'code', code, 'prior', 'failed')
  move(id, 'sending', 'due', now + 1000)
else
  trouble(id, entry, state, code, now)
end
return {'stored'}
