-- uses: op round
-- Reads a round with its answers.
-- ARGV: name.
-- Returns {now, flat record, answers {who, JSON, ...}}, or {}.

if redis.call('EXISTS', W .. 'round:' .. ARGV[1]) == 0 then return {} end
return round_state(ARGV[1])
