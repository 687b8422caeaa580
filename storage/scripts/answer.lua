-- uses: op draft outbox
-- Stores or replaces an answer to a round.
-- ARGV: op, round, version of the round, of its team, '1' where that is private or
-- '', by which name the answers know the person, answer as JSON, whose draft, its
-- slot and form to drop or '', then nine values per outbox entry.
-- Returns {'stored', before, answer as JSON, first}: whether the person had answered
-- before, '1' or '0', what is stored now, and whether this call stored it; or
-- {'stale'}.
-- Promises: nothing is written when round or team are not as they were said to be,
-- the round is closed or its time is over; an operation's result holds no answer.

local op, name, version, team_version, private = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local who, answer, user, slot, form = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local round, answers, step = W .. 'round:' .. name, W .. 'answers:' .. name, 'answer ' .. name

local done = replay(op, step)
if done then return {'stored', done[1], redis.call('HGET', answers, who) or '', '0'} end
local held = redis.call('HMGET', W .. 'team:' .. string.match(name, '^[^:]+'), 'version', 'private')
if held[1] ~= team_version or (held[2] or '') ~= private then return {'stale'} end
local now = redis.call('HMGET', round, 'version', 'closed', 'deadline')
if now[1] ~= version or now[2] or clock() >= tonumber(now[3]) then return {'stale'} end

local before = redis.call('HSET', answers, who, answer) == 0 and '1' or '0'
redis.call('HINCRBY', round, 'said', 1)
drop_draft(user, slot, form)
enqueue_all(11)
remember(op, step, {before})
return {'stored', before, answer, '1'}
