-- uses: op outbox
-- Holds back what Slack asked to hold back, or would refuse.
-- ARGV: method, channel or '', ms, '' or a time: the channel was shut then, and what
-- opened it since outdoes that.
-- Returns {'stored'}, or {'opened'} where it was opened since.
-- Promises: a hold is only ever made longer.

local method, channel, ms, shut = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local now = clock()
if channel == '' then
  hold('by:' .. method, now, now + ms)
  return {'stored'}
end
if shut ~= '' and held_until('opened:' .. channel) >= tonumber(shut) then return {'opened'} end
hold('to:' .. channel, now, now + ms)
plan(channel)
return {'stored'}
