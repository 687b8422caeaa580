-- uses: op draft round outbox
-- Closes a round.
-- ARGV: op, round, version and number of answers that were seen, when it is closed,
-- by whom or '' for its deadline, what is left of the answers to an anonymous round
-- as JSON or '', slot and form of their draft to drop or '', then nine values per
-- outbox entry.
-- Returns {'stored' or 'conflict', now, flat record, answers} with the round as it
-- is now, or {}.
-- Promises: a round is closed on the answers that were seen, and by its deadline not
-- before; a conflict changes nothing and is not kept as the operation's result;
-- what is left of an anonymous round names nobody.

local op, name, version, said, closed, by, left = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local round, step = W .. 'round:' .. name, 'close round ' .. name

if replay(op, step) then return round_state(name, 'stored') end
local old = record(redis.call('HGETALL', round))
if not old.version then return {} end
local early = by == '' and clock() < tonumber(old.deadline)
if early or old.closed or old.version ~= version or (old.said or '0') ~= said then return round_state(name, 'conflict') end

redis.call('HSET', round, 'closed', closed)
if by ~= '' then redis.call('HSET', round, 'closed_by', by) end
redis.call('HINCRBY', round, 'version', 1)
redis.call('HDEL', round, 'secret')
if left ~= '' then
  redis.call('HSET', round, 'left', left)
  redis.call('DEL', W .. 'answers:' .. name)
end
unask_round(name, old)
drop_draft(by, ARGV[8], ARGV[9])
enqueue_all(10)
remember(op, step, {'stored'})
return round_state(name, 'stored')
