-- uses: nudge
-- Library: the lists an idea is in, what is counted of it for its team and the
-- nodes it is linked to, and the stream of changes.

-- A place in a list by n, and where that is the same, by order.
local function by_number(n, order)
  return int(n * 4294967296 + tonumber(order))
end

-- The lists a parked idea is in besides, and what it waits for.
local function parked_lists(all, idea, team, staged)
  if idea.asked then all[#all + 1] = {W .. 'wanted:' .. team, by_number(tonumber(idea.asked), staged)} end
  if not idea.parking then return end
  local parking = cjson.decode(idea.parking)
  all[#all + 1] = {W .. 'parked:' .. team .. ':' .. parking.reason, staged}
  if parking.due then all[#all + 1] = {W .. 'revisit:' .. team, by_number(parking.due, staged)} end
  if parking.back then return end
  if parking.delivered then all[#all + 1] = {W .. 'waiting:delivered:' .. parking.delivered, idea.order} end
  if parking.test then all[#all + 1] = {W .. 'waiting:test:' .. parking.test, idea.order} end
  if parking.red then all[#all + 1] = {W .. 'waiting:red:' .. parking.red, idea.order} end
end

-- Every list that the facts of an idea select, with the place it has there.
-- idea: its record as a table.
local function lists(idea)
  local kind = W .. (idea.withdrawn and 'withdrawn:' or 'list:')
  local team = string.match(idea.key, '^[^-]+')
  local by, stage = '@' .. idea.author, ':' .. idea.stage
  local order, staged = idea.order, idea.stage_order or idea.order
  local all = {
    {kind .. team, order},
    {kind .. team .. stage, staged},
    {kind .. team .. ':' .. by, order},
    {kind .. team .. ':' .. by .. stage, staged},
    {kind .. by, order},
    {kind .. by .. stage, staged},
  }
  if idea.withdrawn then return all end
  if idea.stage == 'backlog' then all[#all + 1] = {W .. 'ordered:' .. team, idea.rank or '-' .. staged} end
  if idea.stage == 'parked' then
    parked_lists(all, idea, team, staged)
  elseif not idea.outcomes then
    all[#all + 1] = {W .. 'orphans:' .. team, order}
  end
  if idea.effect and idea.stage == 'delivered' then
    local effect = cjson.decode(idea.effect)
    if not effect.answer then all[#all + 1] = {W .. 'effects:' .. team, by_number(effect.due or 0, staged)} end
  end
  return all
end

-- Adds n to a field of a hash, in which no field is 0.
local function add(name, field, n)
  if redis.call('HINCRBY', name, field, int(n)) == 0 then redis.call('HDEL', name, field) end
end

-- Puts an idea into a list, with sign -1 out of it, and tells whether it was not
-- there, or was.
local function listed(list, idea, sign)
  if sign > 0 then return redis.call('ZADD', list, idea.order, idea.key) == 1 end
  return redis.call('ZREM', list, idea.key) == 1
end

-- Keeps an idea among those that are linked to each of its nodes, with sign -1 no
-- longer. Only what was not there yet is counted, and only what was there is taken
-- away: doing it twice is doing it once.
local function link(idea, sign)
  if idea.withdrawn or not idea.outcomes then return end
  local team, first = string.match(idea.key, '^[^-]+'), true
  for node in string.gmatch(idea.outcomes, '[^,]+') do
    if listed(W .. 'linked:' .. node, idea, sign) then
      add(W .. 'counts:' .. node, idea.stage, sign)
      if first then add(W .. 'counts:' .. team, idea.stage, sign) end
    end
    first = false
  end
  if string.find(idea.outcomes, ',', 1, true) and listed(W .. 'several:' .. team, idea, sign) then
    add(W .. 'together:' .. team, idea.stage .. ' ' .. idea.outcomes, sign)
  end
end

-- The stages in which an idea without an outcome waits for its author.
local aimless_stages = {'captured', 'discovery', 'validated', 'backlog'}

-- Has the author of an idea that is for nothing yet looked at.
local function wake_aimless(idea)
  if idea.withdrawn or idea.outcomes then return end
  for _, stage in ipairs(aimless_stages) do
    if idea.stage == stage then wake('@' .. idea.author) end
  end
end

-- Keeps who captured ideas in which team.
local function wrote(author, team)
  redis.call('SADD', W .. 'wrote:' .. author, team)
  redis.call('SADD', W .. 'writers:' .. team, author)
end

local function file(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZADD', list[1], list[2], idea.key) end
  link(idea, 1)
  wake_aimless(idea)
end

local function unfile(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZREM', list[1], idea.key) end
  link(idea, -1)
end

-- Counts what an idea changed for the node that it was for, or with sign -1 no
-- longer.
local function weigh_effect(idea, sign)
  if idea.withdrawn or not idea.effect then return end
  local effect = cjson.decode(idea.effect)
  if effect.answer and effect.node then add(W .. 'counts:' .. effect.node, 'effect ' .. effect.answer, sign) end
end

-- Adds an idea to what its team has in the Product Backlog, or with sign -1
-- takes it away.
local function weigh(idea, sign)
  if idea.withdrawn or idea.stage ~= 'backlog' then return end
  local name = W .. 'totals:' .. string.match(idea.key, '^[^-]+')
  add(name, 'ideas', sign)
  if idea.size then
    add(name, 'sized', sign)
    add(name, 'points', sign * tonumber(idea.size))
  end
end

-- Keeps lists and totals in step with a change of an idea.
local function refile(old, new)
  local moved = old.stage ~= new.stage or (old.withdrawn == nil) ~= (new.withdrawn == nil)
  if moved or old.outcomes ~= new.outcomes or old.parking ~= new.parking or old.asked ~= new.asked or old.effect ~= new.effect then
    unfile(old)
    file(new)
  end
  if moved or old.effect ~= new.effect then
    weigh_effect(old, -1)
    weigh_effect(new, 1)
  end
  if moved or old.size ~= new.size then
    weigh(old, -1)
    weigh(new, 1)
  end
end

-- What stands in a team's Product Backlog, how many moves there were, and what its
-- last closed sprints finished (JSON, the newest first), as a flat record.
local function load_of(team)
  local now = redis.call('HMGET', W .. 'totals:' .. team, 'ideas', 'sized', 'points')
  local ever = redis.call('HMGET', W .. 'team:' .. team, 'gated', 'overridden')
  local finished = {}
  for _, id in ipairs(redis.call('ZREVRANGE', W .. 'listed:sprint:' .. team .. ':closed', 0, 2)) do
    finished[#finished + 1] = redis.call('HGET', W .. 'sheet:sprint:' .. id, 'finished') or '{}'
  end
  return {
    'ideas', now[1] or '0', 'sized', now[2] or '0', 'points', now[3] or '0',
    'gated', ever[1] or '0', 'overridden', ever[2] or '0',
    'finished', #finished > 0 and '[' .. table.concat(finished, ',') .. ']' or '',
  }
end

local function announce_as(what, seq, key)
  redis.call('XADD', W .. 'changes', 'MAXLEN', '~', 4096, int(seq) .. '-1', what, key)
end

-- Tells followers that the idea changed, as change number seq.
local function announce(seq, key) announce_as('idea', seq, key) end

-- Tells followers that the ideas of the team are to be read differently now, as
-- change number seq.
local function announce_team(seq, key) announce_as('team', seq, key) end
