-- uses: op
-- Reads all drafts of a person.
-- ARGV: user.
-- Returns {now, form, draft, ...} with drafts as stored.

local drafts = redis.call('HGETALL', W .. 'drafts:' .. ARGV[1])
table.insert(drafts, 1, int(clock()))
return drafts
