-- uses: op draft round outbox
-- Keeps what was chosen to try after a round.
-- ARGV: op, round, version, experiment as JSON, whose draft, its slot and form to
-- drop or '', then nine values per outbox entry.
-- Returns {'stored' or 'conflict', now, flat record, answers} with the round as it
-- is now, or {}.
-- Promises: a conflict changes nothing and is not kept as the operation's result.

local op, name, version = ARGV[1], ARGV[2], ARGV[3]
local round, step = W .. 'round:' .. name, 'change round ' .. name

if replay(op, step) then return round_state(name, 'stored') end
local stored = redis.call('HGET', round, 'version')
if not stored then return {} end
if stored ~= version then return round_state(name, 'conflict') end
redis.call('HSET', round, 'experiment', ARGV[4])
redis.call('HINCRBY', round, 'version', 1)
drop_draft(ARGV[5], ARGV[6], ARGV[7])
enqueue_all(8)
remember(op, step, {'stored'})
return round_state(name, 'stored')
