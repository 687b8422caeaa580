-- Reads one page of the check-ins on an outcome, the newest first.
-- ARGV: key, number of the page from 1, check-ins on a page.
-- Returns {total, number, of, {JSON, ...}}, on the page the oldest first.
-- Promises: a page past the end is the last one; the cost is that of a page.

local W = KEYS[1]
local list, number, size = W .. 'checkins:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local total = redis.call('LLEN', list)
local of = math.max(1, math.ceil(total / size))
number = math.max(1, math.min(number, of))
local last = total - (number - 1) * size
if last < 1 then return {total, number, of, {}} end
return {total, number, of, redis.call('LRANGE', list, math.max(0, last - size), last - 1)}
