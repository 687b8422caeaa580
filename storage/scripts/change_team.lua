-- uses: op team idea
-- Changes a team that is still at the version the change was made from.
-- ARGV: op, key, version, number of values to set, field, value, ..., then
-- fields to clear.
-- Returns {'stored' or 'conflict', field, value, ...}, {'channel', field,
-- value, ...} with the team that has the channel, or {'no team'}.
-- Promises: fields that are not named stay as they are.

local op, key, version, sets = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local function answer(status, team)
  local flat = redis.call('HGETALL', W .. 'team:' .. team)
  table.insert(flat, 1, status)
  return flat
end

local before = replay(op, 'change team ' .. key)
if before then return before end

local old = record(redis.call('HGETALL', W .. 'team:' .. key))
if not old.key then return {'no team'} end
if old.version ~= version then return answer('conflict', key) end
local channel = old.channel
for i = 5, 4 + sets, 2 do
  if ARGV[i] == 'channel' then channel = ARGV[i + 1] end
end
local other = redis.call('HGET', W .. 'channels', channel)
if other and other ~= key then return answer('channel', other) end

delist(old)
for i = 5, 4 + sets, 2 do redis.call('HSET', W .. 'team:' .. key, ARGV[i], ARGV[i + 1]) end
for i = 5 + sets, #ARGV do redis.call('HDEL', W .. 'team:' .. key, ARGV[i]) end
redis.call('HINCRBY', W .. 'team:' .. key, 'version', 1)
local new = record(redis.call('HGETALL', W .. 'team:' .. key))
enlist(new)
if new.language ~= old.language or new.synonyms ~= old.synonyms then
  announce_team(redis.call('INCR', W .. 'seq'), key)
end
return remember(op, 'change team ' .. key, answer('stored', key))
