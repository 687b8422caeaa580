-- Library: evidence on an idea.

-- Adds a piece of evidence by somebody. piece: JSON; column: the field of the
-- idea's tally that it counts in.
local function add_piece(key, piece, column, by)
  local name = W .. 'idea:' .. key
  redis.call('RPUSH', W .. 'evidence:' .. key, piece)
  redis.call('HINCRBY', name, column, 1)
  if redis.call('SADD', W .. 'evidence_by:' .. key, by) == 1 then redis.call('HINCRBY', name, 'evidence_authors', 1) end
end
