-- uses: op history idea run outbox
-- Begins to answer a checklist for an idea.
-- ARGV: op, idea, number it is expected to get or 0, summary as JSON, event as
-- JSON, runs an idea may have, number of values that follow, field, value, ...,
-- then nine values per outbox entry.
-- Returns {'stored', field, value, ...}, {'no idea'}, {'full'}, or {'changed'}
-- when it would get another number.
-- Promises: numbers of an idea's runs have no gap and are never used twice.

local op, key, expected, summary, event = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local most, count = tonumber(ARGV[6]), tonumber(ARGV[7])

local before = replay(op, 'begin run ' .. key)
if before then return before end
if redis.call('EXISTS', W .. 'idea:' .. key) == 0 then return {'no idea'} end
local id = redis.call('HLEN', W .. 'runs:' .. key) + 1
if expected > 0 and expected ~= id then return {'changed'} end
if id > most then return {'full'} end

local fields = {'idea', key, 'id', int(id), 'version', '1'}
for i = 8, 7 + count do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', W .. 'run:' .. key .. ':' .. int(id), unpack(fields))
summarize(key, int(id), summary)
redis.call('HSET', W .. 'idea:' .. key, 'runs', int(id))
append_event(key, event)
announce(redis.call('INCR', W .. 'seq'), key)
enqueue_all(8 + count)

table.insert(fields, 1, 'stored')
return remember(op, 'begin run ' .. key, fields)
