-- Reads what is written about ideas beside their own words.
-- ARGV: bytes of JSON that are enough of either for one idea, idea, ...
-- Returns for each idea {evidence as JSON, ...} and {answers of a run, an
-- observation, ... as JSON}, the newest first until there is enough.
-- Promises: of one idea at most 20 pieces of evidence and 10 runs are read.

local W, enough = KEYS[1], tonumber(ARGV[1])
local all = {}
for k = 2, #ARGV do
  local key = ARGV[k]
  local evidence, answers, length = {}, {}, 0
  local pieces = redis.call('LRANGE', W .. 'evidence:' .. key, -20, -1)
  for i = #pieces, 1, -1 do
    if length >= enough then break end
    evidence[#evidence + 1] = pieces[i]
    length = length + #pieces[i]
  end
  length = 0
  local newest = tonumber(redis.call('HGET', W .. 'idea:' .. key, 'runs') or '0')
  for n = newest, math.max(1, newest - 9), -1 do
    if length >= enough then break end
    local run = redis.call('HMGET', W .. 'run:' .. key .. ':' .. n, 'answers', 'observation')
    for f = 1, 2 do
      answers[#answers + 1] = run[f] or ''
      length = length + #answers[#answers]
    end
  end
  all[#all + 1] = evidence
  all[#all + 1] = answers
end
return all
