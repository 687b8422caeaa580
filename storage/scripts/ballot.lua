-- uses: op history ballot
-- Reads a ballot with its votes.
-- ARGV: idea, number of the ballot or -1 for the newest; op and event as JSON
-- where somebody looks up who voted what, else '' and ''.
-- Returns {now, title, flat record, votes {voter, JSON, ...}}, or {}.
-- Promises: the event is in the idea's history before anything is shown, once.

local key, id, op, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if id == '-1' then id = redis.call('HGET', W .. 'idea:' .. key, 'ballots') or '0' end
local name = key .. ':' .. id
if redis.call('EXISTS', W .. 'ballot:' .. name) == 0 then return {} end
if op ~= '' and not replay(op, 'audit ballot ' .. name) then
  append_event(key, event)
  remember(op, 'audit ballot ' .. name, {'stored'})
end
return polled(name)
