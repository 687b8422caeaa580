-- uses: op history idea draft ballot outbox
-- Starts a ballot on an idea.
-- ARGV: op, idea, version it was read at, now, event as JSON, whose draft, its
-- slot and form to drop or '', number of values that follow, field, value, ...,
-- then nine values per outbox entry.
-- Returns {'stored', field, value, ...} with the ballot as it is now, {'running',
-- field, value, ...} with the one that runs, {'conflict', field, value, ...} with
-- the idea, or {'no idea'}.
-- Promises: of an idea's ballots one runs at a time; their numbers have no gap and
-- are never used twice; a secret is not among an operation's results.

local op, key, version, now, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local user, slot, form, count = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local idea = W .. 'idea:' .. key

local function answer(status, name)
  local flat = redis.call('HGETALL', name)
  table.insert(flat, 1, status)
  return flat
end

local before = replay(op, 'start ballot ' .. key)
if before then return answer('stored', W .. 'ballot:' .. before[1]) end
local old = redis.call('HMGET', idea, 'version', 'ballot', 'changed', 'created')
if not old[1] then return {'no idea'} end
if old[2] then return answer('running', W .. 'ballot:' .. key .. ':' .. old[2]) end
if old[1] ~= version then return answer('conflict', idea) end

local id = int(redis.call('HINCRBY', idea, 'ballots', 1))
local name = key .. ':' .. id
local fields = {'idea', key, 'id', id, 'version', '1'}
for i = 10, 9 + count do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', W .. 'ballot:' .. name, unpack(fields))
ask_all(name, record(fields))
redis.call('HSET', idea, 'ballot', id)
if tonumber(now) > tonumber(old[3] or old[4]) then redis.call('HSET', idea, 'changed', now) end
append_event(key, event)
announce(redis.call('INCR', W .. 'seq'), key)
drop_draft(user, slot, form)
enqueue_all(10 + count, name)
remember(op, 'start ballot ' .. key, {name})
return answer('stored', W .. 'ballot:' .. name)
