-- Reads a page of a team's active ideas, as far as backlog health looks at them.
-- ARGV: team, how many ideas at most, place in the lists to go on from ('' for the
-- first page), stage, ...
-- Returns {place to go on from, or '' after the last, {key, title, author, stage, created,
-- staged, changed, work, size, criteria as JSON, characters of its texts, outcomes, {number
-- of a run, its summary, ...}}, ...}. Runs are those of tests and of INVEST.
-- Promises: an idea that does not move meanwhile is on one page; the cost is that of a page, which
-- ends early where its texts are long.

local W, team, most = KEYS[1], ARGV[1], tonumber(ARGV[2])
local stage, after = string.match(ARGV[3], '^(%d+) (.+)$')
stage, after = tonumber(stage or 4), after or '-inf'

-- How many bytes of text are counted on a page at most, and an idea more.
local budget = 200000

local function characters(texts)
  local n = 0
  for i = 1, 3 do
    local text = texts[i]
    if text then
      budget = budget - #text
      n = n + #text
      if string.find(text, '[\128-\191]') then
        local _, behind = string.gsub(text, '[\128-\191]', '')
        n = n - behind
      end
    end
  end
  return n
end

local function runs_of(key, count)
  local runs = {}
  if not count then return runs end
  local all = redis.call('HGETALL', W .. 'runs:' .. key)
  for i = 1, #all, 2 do
    budget = budget - #all[i + 1]
    local summary = cjson.decode(all[i + 1])
    if summary.use == 'test' or summary.template == 'invest' then
      runs[#runs + 1] = all[i]
      runs[#runs + 1] = all[i + 1]
    end
  end
  return runs
end

local page = {''}
while stage <= #ARGV do
  local list = W .. 'list:' .. team .. ':' .. ARGV[stage]
  local left = most - #page + 1
  local keys = redis.call('ZRANGEBYSCORE', list, after, '+inf', 'WITHSCORES', 'LIMIT', 0, left)
  for i = 1, #keys, 2 do
    local key = keys[i]
    local f = redis.call('HMGET', W .. 'idea:' .. key, 'title', 'author', 'stage', 'created', 'staged', 'changed', 'work', 'size', 'criteria', 'outcomes', 'runs', 'problem', 'measure', 'evidence')
    local size = characters({f[12], f[13], f[14]})
    local idea = {key}
    for j = 1, 9 do idea[j + 1] = f[j] or '' end
    idea[11], idea[12], idea[13] = size, f[10] or '', runs_of(key, f[11])
    page[#page + 1] = idea
    after = '(' .. keys[i + 1]
    if #page > most or budget <= 0 then
      page[1] = stage .. ' ' .. after
      return page
    end
  end
  stage, after = stage + 1, '-inf'
end
return page
