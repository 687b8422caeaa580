-- Library: the lists an idea is in, the totals of its team, and the stream of
-- changes.

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
  if idea.stage == 'parked' then
    parked_lists(all, idea, team, staged)
  elseif not idea.outcomes then
    all[#all + 1] = {W .. 'orphans:' .. team, order}
  end
  return all
end

local function file(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZADD', list[1], list[2], idea.key) end
end

local function unfile(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZREM', list[1], idea.key) end
end

-- Adds an idea to what its team has in the Product Backlog, or with sign -1
-- takes it away.
local function weigh(idea, sign)
  if idea.withdrawn or idea.stage ~= 'backlog' then return end
  local name = W .. 'totals:' .. string.match(idea.key, '^[^-]+')
  local function add(field, n)
    if redis.call('HINCRBY', name, field, int(n)) == 0 then redis.call('HDEL', name, field) end
  end
  add('ideas', sign)
  if idea.size then
    add('sized', sign)
    add('points', sign * tonumber(idea.size))
  end
end

-- Keeps lists and totals in step with a change of an idea.
local function refile(old, new)
  local moved = old.stage ~= new.stage or (old.withdrawn == nil) ~= (new.withdrawn == nil)
  if moved or (old.outcomes == nil) ~= (new.outcomes == nil) or old.parking ~= new.parking or old.asked ~= new.asked then
    unfile(old)
    file(new)
  end
  if moved or old.size ~= new.size then
    weigh(old, -1)
    weigh(new, 1)
  end
end

-- What stands in a team's Product Backlog, and how many moves there were, as a
-- flat record.
local function load_of(team)
  local now = redis.call('HMGET', W .. 'totals:' .. team, 'ideas', 'sized', 'points')
  local ever = redis.call('HMGET', W .. 'team:' .. team, 'gated', 'overridden')
  return {
    'ideas', now[1] or '0', 'sized', now[2] or '0', 'points', now[3] or '0',
    'gated', ever[1] or '0', 'overridden', ever[2] or '0',
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
