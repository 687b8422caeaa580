-- uses: op sheet node
-- Reads what a team's Now-Next-Later board is made of.
-- ARGV: team, the horizons that are its columns, ...
-- Returns {nodes {flat record, ...} on the board and above them, {key, ideas on it,
-- running tests on those that are named, how many of them have a size, ...}, the sheet
-- of the board or {}, {horizon or '', how many opportunities it has, ...}}, see
-- node_flat, ideas_on and whole_sheet.
-- Promises: of the opportunities that are not on the board only their horizon is read.

local team = ARGV[1]
local columns, counts = {}, {}
for i = 2, #ARGV do columns[ARGV[i]] = true end

-- How many tests run on the idea, and whether it has a size.
local function worked_out(key)
  local running = 0
  for _, summary in ipairs(redis.call('HVALS', W .. 'runs:' .. key)) do
    if cjson.decode(summary).running then running = running + 1 end
  end
  return running, redis.call('HEXISTS', W .. 'idea:' .. key, 'size')
end

local cards, ideas = {}, {}
for _, key in ipairs(redis.call('ZRANGE', W .. 'opportunities:' .. team, 0, -1)) do
  local horizon = redis.call('HGET', W .. 'opportunity:' .. key, 'horizon') or ''
  counts[horizon] = (counts[horizon] or 0) + 1
  if columns[horizon] then
    cards[#cards + 1] = key
    local on, tests, sized = ideas_on_node(key), 0, 0
    for i = 1, #on[2], 3 do
      local running, has_size = worked_out(on[2][i])
      tests, sized = tests + running, sized + has_size
    end
    for _, value in ipairs({key, on, tests, sized}) do ideas[#ideas + 1] = value end
  end
end
local counted = {}
for horizon, n in pairs(counts) do
  counted[#counted + 1] = horizon
  counted[#counted + 1] = n
end
return {chain(cards), ideas, whole_sheet('horizons', team .. ':1', false), counted}
