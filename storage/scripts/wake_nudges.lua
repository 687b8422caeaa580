-- uses: op nudge
-- Has people looked at anew for a nudge whose time zone may have changed, which is
-- forgotten.
-- ARGV: who, ...
-- Returns {'stored'}.
-- Promises: who waits for nothing is not looked at.

for _, who in ipairs(ARGV) do
  redis.call('HDEL', W .. 'nudge:' .. who, 'zone')
  if redis.call('ZSCORE', W .. 'nudges:due', who) or redis.call('ZSCORE', W .. 'nudges:looking', who) then wake(who) end
end
return {'stored'}
