-- uses: op history sheet idea run ballot node round team outbox
-- Writes one record of a backup with all that is derived from it.
-- ARGV: kind, id, ttl in ms or 0, then parts, each as the number of values that
-- follow and the values: field, value, ...; events of an idea; its evidence;
-- who asked again as 'parking user', JSON, ...; its runs as number, summary, number
-- of values, field, value, ...; its ballots as number, number of values, field,
-- value, ..., number of values, voter, vote, ...; of a node its events, evidence and
-- check-ins; of a round its answers as who, JSON, ...; of a sheet what was said
-- to it as field, JSON, ..., and of a canvas or a story map its events; for a workspace the version of
-- what is derived.
-- Returns {'stored'}.
-- Promises: writing a record twice is writing it once, in any order with
-- others; counters end no lower than what was counted.

local kind, id, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3])
local at = 4

local function part()
  local values, count = {}, tonumber(ARGV[at])
  for i = 1, count do values[i] = ARGV[at + i] end
  at = at + 1 + count
  return values
end

local function write(name, fields)
  redis.call('DEL', name)
  for i = 1, #fields, 2 do redis.call('HSET', name, fields[i], fields[i + 1]) end
end

local function raise(seq)
  if seq > tonumber(redis.call('GET', W .. 'seq') or '0') then redis.call('SET', W .. 'seq', int(seq)) end
end

local fields = part()
local r = record(fields)
if kind == 'workspace' then
  if r.seq then raise(tonumber(r.seq)) end
  redis.call('SET', W .. 'derived', ARGV[at])
  return {'stored'}
end

local name = W .. kind .. ':' .. id
local old = record(redis.call('HGETALL', name))
write(name, fields)
if ttl > 0 then redis.call('PEXPIRE', name, int(ttl)) end

local nodes = {outcome = true, opportunity = true, impact = true}

-- Writes a list of texts.
local function write_list(list, texts)
  redis.call('DEL', list)
  for _, text in ipairs(texts) do redis.call('RPUSH', list, text) end
end

-- Writes the history of what has the key.
local function write_history(key, events)
  write_list(W .. 'history:' .. key, events)
  for n, event in ipairs(events) do journal(key, n, event) end
end

if kind == 'idea' then
  local events, evidence, asked, runs, ballots = part(), part(), part(), part(), part()
  write_history(id, events)
  write_list(W .. 'evidence:' .. id, evidence)
  for _, piece in ipairs(evidence) do redis.call('SADD', W .. 'evidence_by:' .. id, cjson.decode(piece).by) end
  write(W .. 'asked:' .. id, asked)
  redis.call('DEL', W .. 'asked_at:' .. id)
  for j = 1, #asked, 2 do
    redis.call('ZADD', W .. 'asked_at:' .. id, int(cjson.decode(asked[j + 1]).at), asked[j])
  end
  local i = 1
  while i <= #runs do
    local number, summary, values = runs[i], runs[i + 1], {}
    for j = 1, tonumber(runs[i + 2]) do values[j] = runs[i + 2 + j] end
    write(W .. 'run:' .. id .. ':' .. number, values)
    summarize(id, number, summary)
    i = i + 3 + #values
  end
  i = 1
  while i <= #ballots do
    local ballot, parts = id .. ':' .. ballots[i], {{}, {}}
    i = i + 1
    for p = 1, 2 do
      local n = tonumber(ballots[i])
      for j = 1, n do parts[p][j] = ballots[i + j] end
      i = i + 1 + n
    end
    write(W .. 'ballot:' .. ballot, parts[1])
    write(W .. 'votes:' .. ballot, parts[2])
    local stored = record(parts[1])
    if not stored.closed then ask_all(ballot, stored) end
  end
  if old.key then
    unfile(old)
    weigh(old, -1)
    weigh_effect(old, -1)
  end
  file(r)
  weigh(r, 1)
  weigh_effect(r, 1)
  local team, number = string.match(id, '^([^-]+)-(%d+)$')
  wrote(r.author, team)
  count_up(team, 'ideas', number)
  for node in string.gmatch(r.outcomes or '', '[^,]+') do
    local _, letter, linked = named_node(node)
    count_up(team, kinds[letter].list, linked)
  end
  raise(tonumber(r.order))
  if r.stage_order then raise(tonumber(r.stage_order)) end
  if r.rank then raise(math.abs(tonumber(r.rank))) end
elseif kind == 'team' then
  for _, counter in ipairs({'ideas', 'outcomes', 'opportunities', 'impacts', 'rounds'}) do
    if old[counter] then count_up(id, counter, old[counter]) end
  end
  enlist(r)
elseif nodes[kind] then
  write_history(id, part())
  write_list(W .. 'evidence:' .. id, part())
  write_list(W .. 'checkins:' .. id, part())
  list_node(id)
  if kind == 'outcome' then mind(id, old) end
  local team, letter, number = named_node(id)
  count_up(team, kinds[letter].list, number)
elseif kind == 'round' then
  write(W .. 'answers:' .. id, part())
  local team, number = string.match(id, '^([^:]+):(%d+)$')
  count_up(team, 'rounds', number)
  if not r.closed then ask_round(id, r) end
elseif kind == 'sheet' then
  write(W .. 'said:' .. id, part())
  if old.places then shelve(id, old.places, -1) end
  shelve(id, r.places, 1)
  local history, events = sheet_history(id), part()
  if history then write_history(history, events) end
elseif kind == 'nudge' then
  wake(id)
elseif kind == 'out' then
  if r.author then redis.call('ZADD', W .. 'unconfirmed:' .. r.author, r.at, id) end
  move(id, nil, r.state, tonumber(r.at), r.lane)
end
return {'stored'}
