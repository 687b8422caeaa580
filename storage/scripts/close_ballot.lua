-- uses: op history idea ballot outbox
-- Closes a ballot, or extends it.
-- ARGV: op, ballot, version and polls that were seen, '1' when its deadline does
-- it or '', event as JSON or '', what is left of the votes of an anonymous ballot
-- as JSON or '', number of values that follow, field, value, ..., then nine values
-- per outbox entry.
-- Returns {'stored' or 'conflict', now, title, flat record, votes {voter, JSON,
-- ...}} with the ballot as it is now, or {}.
-- Promises: a ballot is closed on the votes that were seen, and by its deadline
-- not before; a conflict changes nothing and is not kept as the operation's
-- result; what is left of an anonymous ballot names nobody.

local op, name, version, polls, by_clock = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local event, tally, count = ARGV[6], ARGV[7], tonumber(ARGV[8])
local key, id = named_ballot(name)
local ballot, idea = W .. 'ballot:' .. name, W .. 'idea:' .. key

local function answer(status)
  local reply = polled(name)
  table.insert(reply, 1, status)
  return reply
end

if replay(op, 'close ballot ' .. name) then return answer('stored') end
local old = record(redis.call('HGETALL', ballot))
if not old.version then return {} end
if old.closed or old.version ~= version or (old.polls or '0') ~= polls then return answer('conflict') end
if by_clock == '1' and clock() < tonumber(old.deadline) then return answer('conflict') end

for i = 9, 8 + count, 2 do redis.call('HSET', ballot, ARGV[i], ARGV[i + 1]) end
redis.call('HINCRBY', ballot, 'version', 1)
local new = record(redis.call('HGETALL', ballot))
if new.closed then
  ask_nobody(name, new)
  if redis.call('HGET', idea, 'ballot') == id then redis.call('HDEL', idea, 'ballot') end
  redis.call('HDEL', ballot, 'secret')
  redis.call('DEL', W .. 'acted:votes:' .. name)
  if tally ~= '' then
    redis.call('HSET', ballot, 'tally', tally)
    redis.call('DEL', W .. 'votes:' .. name)
  end
else
  ask_all(name, new)
end
if event ~= '' then append_event(key, event) end
announce(redis.call('INCR', W .. 'seq'), key)
enqueue_all(9 + count)
remember(op, 'close ballot ' .. name, {'stored'})
return answer('stored')
