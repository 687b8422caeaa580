-- Reads the failed and unknown messages that a person misses: the cards of their
-- ideas, and the ballots they started.
-- ARGV: user.
-- Returns {{id, field, value, ...}, ...}, oldest first.

local W = KEYS[1]
local entries = {}
for _, id in ipairs(redis.call('ZRANGE', W .. 'unconfirmed:' .. ARGV[1], 0, -1)) do
  local flat = redis.call('HGETALL', W .. 'out:' .. id)
  table.insert(flat, 1, id)
  entries[#entries + 1] = flat
end
return entries
