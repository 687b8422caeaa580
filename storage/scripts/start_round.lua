-- uses: op draft round outbox
-- Starts a round of questions.
-- ARGV: op, team, whose draft, its slot and form to drop or '', number of values
-- that follow, field, value, ..., then nine values per outbox entry.
-- Returns {'stored', now, flat record, answers} with the round as it is now, or
-- {'no team'}.
-- Promises: numbers of a team's rounds have no gap and are never used twice; a
-- secret is not among an operation's results.

local op, team, user, slot, form, count = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])

local before = replay(op, 'start round')
if before then return round_state(before[1], 'stored') end
if redis.call('EXISTS', W .. 'team:' .. team) == 0 then return {'no team'} end

local id = int(redis.call('HINCRBY', W .. 'team:' .. team, 'rounds', 1))
local name = team .. ':' .. id
local fields = {'team', team, 'id', id, 'version', '1'}
for i = 7, 6 + count do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', W .. 'round:' .. name, unpack(fields))
ask_round(name, record(fields))
drop_draft(user, slot, form)
enqueue_all(7 + count, name)
remember(op, 'start round', {name})
return round_state(name, 'stored')
