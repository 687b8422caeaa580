-- uses: op
-- Forgets a team's own version of a checklist.
-- ARGV: op, team, id.
-- Returns {'stored'}.

local op, team, id = ARGV[1], ARGV[2], ARGV[3]
local before = replay(op, 'drop template ' .. id)
if before then return before end
redis.call('HDEL', W .. 'templates:' .. team, id)
return remember(op, 'drop template ' .. id, {'stored'})
