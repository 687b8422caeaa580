-- uses: op
-- Reads what became of the nudges of a day.
-- ARGV: day, cursor, about how many.
-- Returns {next cursor, who, 'STATE at due why', ...}; cursor '0' begins and ends.

local found = redis.call('HSCAN', W .. 'nudged:' .. ARGV[1], ARGV[2], 'COUNT', ARGV[3])
table.insert(found[2], 1, found[1])
return found[2]
