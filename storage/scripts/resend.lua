-- uses: op outbox
-- Makes a failed or unknown entry due; leaves others as they are.
-- ARGV: id.
-- Returns {'stored'} or {'no entry'}.

local id, now = ARGV[1], clock()
local entry = record(redis.call('HGETALL', W .. 'out:' .. id))
if not entry.state then return {'no entry'} end
if entry.state == 'failed' or entry.state == 'unknown' then
  redis.call('HSET', W .. 'out:' .. id, 'prior', entry.state, 'first', int(now))
  settled(id, entry.author)
  move(id, entry.state, 'due', now)
end
return {'stored'}
