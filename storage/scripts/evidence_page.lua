-- Reads one page of the evidence on an idea.
-- ARGV: idea, number of the page from 1, newest first, pieces on a page.
-- Returns {total, number, of, number of the first piece that follows, piece as
-- JSON, ...}, oldest first.
-- Promises: a page past the end is the last one; the cost is that of a page.

local list, number, size = KEYS[1] .. 'evidence:' .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local total = redis.call('LLEN', list)
local of = math.max(1, math.ceil(total / size))
number = math.max(1, math.min(number, of))
local last = total - (number - 1) * size
local first = math.max(1, last - size + 1)
local page = {total, number, of, first}
if last > 0 then
  for _, piece in ipairs(redis.call('LRANGE', list, first - 1, last - 1)) do page[#page + 1] = piece end
end
return page
