-- Reads one page of those who asked again for an idea, the latest first.
-- ARGV: idea, number of the page from 1, people on a page.
-- Returns {total, number, of, 'parking user', what they asked as JSON, ...}.
-- Promises: a page past the end is the last one; the cost is that of a page.

local W = KEYS[1]
local list, number, size = W .. 'asked_at:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local total = redis.call('ZCARD', list)
local of = math.max(1, math.ceil(total / size))
number = math.max(1, math.min(number, of))
local page = {total, number, of}
for _, who in ipairs(redis.call('ZREVRANGE', list, (number - 1) * size, number * size - 1)) do
  page[#page + 1] = who
  page[#page + 1] = redis.call('HGET', W .. 'asked:' .. ARGV[1], who)
end
return page
