-- uses: op idea node draft outbox
-- Stores a new idea.
-- ARGV: op, team, author, event as JSON, draft slot and form to drop or '',
-- number of values that follow, field, value, ..., then nine values per outbox
-- entry.
-- Returns {'stored', field, value, ...}, {'closed', field, value, ...} with the closed
-- outcome that it would be linked to, or {'no team'}.
-- Promises: numbers of a team's ideas have no gap and are never used twice.

local op, team, author, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local slot, form, count = ARGV[5], ARGV[6], tonumber(ARGV[7])

local before = replay(op, 'capture')
if before then return before end
if redis.call('EXISTS', W .. 'team:' .. team) == 0 then return {'no team'} end

for i = 8, 7 + count, 2 do
  local closed = ARGV[i] == 'outcomes' and closed_among(ARGV[i + 1])
  if closed then
    table.insert(closed, 1, 'closed')
    return closed
  end
end

local key = team .. '-' .. int(redis.call('HINCRBY', W .. 'team:' .. team, 'ideas', 1))
local seq = redis.call('INCR', W .. 'seq')
local fields = {'key', key, 'order', int(seq), 'version', '1'}
for i = 8, 7 + count do fields[#fields + 1] = ARGV[i] end

redis.call('HSET', W .. 'idea:' .. key, unpack(fields))
redis.call('RPUSH', W .. 'history:' .. key, event)
file(record(fields))
weigh(record(fields), 1)
wrote(author, team)
drop_draft(author, slot, form)
announce(seq, key)
enqueue_all(8 + count, key)

table.insert(fields, 1, 'stored')
return remember(op, 'capture', fields)
