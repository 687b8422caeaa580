-- Reads one page of a list.
-- ARGV: list, number of the page from 1, ideas on a page, 'ZREVRANGE' for the
-- highest place first or 'ZRANGE' for the lowest, for that the highest place that is
-- wanted as ZCOUNT takes it, or ''.
-- Returns {total, number, of, flat record of an idea, ...}.
-- Promises: a page past the end is the last one; the cost is that of a page.

local W = KEYS[1]
local list, number, size = W .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local total = ARGV[5] == '' and redis.call('ZCARD', list) or redis.call('ZCOUNT', list, '-inf', ARGV[5])
local of = math.max(1, math.ceil(total / size))
number = math.max(1, math.min(number, of))
local page = {total, number, of}
if total == 0 then return page end
for _, key in ipairs(redis.call(ARGV[4], list, (number - 1) * size, math.min(number * size, total) - 1)) do
  page[#page + 1] = redis.call('HGETALL', W .. 'idea:' .. key)
end
return page
