-- uses: op outbox
-- Holds back what Slack asked to hold back.
-- ARGV: method, channel or '', ms.
-- Returns {'stored'}.
-- Promises: a hold is only ever made longer.

local method, channel, ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = clock()
if channel == '' then
  hold('by:' .. method, now, now + ms)
else
  hold('to:' .. channel, now, now + ms)
  plan(channel)
end
return {'stored'}
