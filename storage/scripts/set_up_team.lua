-- uses: op team outbox
-- Stores a new team.
-- ARGV: op, version of what is derived, number of values that follow, field, value, ... with key, channel
-- and owners among them, then nine values per outbox entry.
-- Returns {'stored', field, value, ...}, or {'key' or 'channel', field, value,
-- ...}: what is in use, with the team that uses it.

local op = ARGV[1]
local before = replay(op, 'set up')
if before then return before end

local fields = {'version', '1'}
for i = 4, 3 + tonumber(ARGV[3]) do fields[#fields + 1] = ARGV[i] end
local team = record(fields)

local function answer(status, key)
  local flat = redis.call('HGETALL', W .. 'team:' .. key)
  table.insert(flat, 1, status)
  return flat
end

if redis.call('EXISTS', W .. 'team:' .. team.key) == 1 then return answer('key', team.key) end
local other = redis.call('HGET', W .. 'channels', team.channel)
if other then return answer('channel', other) end

redis.call('HSET', W .. 'team:' .. team.key, unpack(fields))
-- Before the first team there was nothing of which anything could be derived.
if redis.call('EXISTS', W .. 'teams') == 0 then redis.call('SET', W .. 'derived', ARGV[2]) end
enlist(team)
enqueue_all(4 + tonumber(ARGV[3]))
return remember(op, 'set up', answer('stored', team.key))
