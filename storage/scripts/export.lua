-- uses: sheet
-- Reads one record for a backup, an idea, a node, a round or a sheet with all that belongs
-- to it.
-- ARGV: kind, id.
-- Returns {ttl in ms or below 0, {field, value, ...}, events, evidence, runs,
-- asked, ballots, check-ins, answers}: of an idea its events and pieces of evidence
-- as JSON, {number, summary as JSON, {field, value, ...}, ...}, {'parking user', JSON,
-- ...} and {number, {field, value, ...}, {voter, vote as JSON, ...}, ...}; of a node its
-- events, evidence and check-ins as JSON; of a round {who, answer as JSON, ...}; of a sheet what was said to it as
-- {field, JSON, ...}, and of a canvas or a story map its events as JSON.

local kind, id = ARGV[1], ARGV[2]
local name = W .. kind .. ':' .. id
local events, evidence, runs, asked, ballots, checkins, answers = {}, {}, {}, {}, {}, {}, {}
if kind == 'idea' or kind == 'outcome' or kind == 'opportunity' or kind == 'impact' then
  events = redis.call('LRANGE', W .. 'history:' .. id, 0, -1)
  evidence = redis.call('LRANGE', W .. 'evidence:' .. id, 0, -1)
end
if kind == 'outcome' then checkins = redis.call('LRANGE', W .. 'checkins:' .. id, 0, -1) end
if kind == 'round' then answers = redis.call('HGETALL', W .. 'answers:' .. id) end
if kind == 'sheet' then
  answers = redis.call('HGETALL', W .. 'said:' .. id)
  local history = sheet_history(id)
  if history then events = redis.call('LRANGE', W .. 'history:' .. history, 0, -1) end
end
if kind == 'idea' then
  asked = redis.call('HGETALL', W .. 'asked:' .. id)
  local summaries = redis.call('HGETALL', W .. 'runs:' .. id)
  for i = 1, #summaries, 2 do
    runs[#runs + 1] = summaries[i]
    runs[#runs + 1] = summaries[i + 1]
    runs[#runs + 1] = redis.call('HGETALL', W .. 'run:' .. id .. ':' .. summaries[i])
  end
  for n = 1, tonumber(redis.call('HGET', name, 'ballots') or '0') do
    local ballot = id .. ':' .. string.format('%d', n)
    ballots[#ballots + 1] = n
    ballots[#ballots + 1] = redis.call('HGETALL', W .. 'ballot:' .. ballot)
    ballots[#ballots + 1] = redis.call('HGETALL', W .. 'votes:' .. ballot)
  end
end
return {redis.call('PTTL', name), redis.call('HGETALL', name), events, evidence, runs, asked, ballots, checkins, answers}
