-- uses: op idea
-- Reads the boards of teams.
-- ARGV: number of stages, stage, ..., team, ...
-- Returns for each team {flat load, ideas in the stage, flat record of the idea
-- longest in it ({} for none), ...} in the order of the stages.
-- Promises: the cost does not depend on how many ideas are stored.

local stages = tonumber(ARGV[1])
local boards = {}
for t = 2 + stages, #ARGV do
  local team = ARGV[t]
  local board = {load_of(team)}
  for s = 2, 1 + stages do
    local list, oldest = W .. 'list:' .. team .. ':' .. ARGV[s], {}
    local key = redis.call('ZRANGE', list, 0, 0)[1]
    if key then oldest = redis.call('HGETALL', W .. 'idea:' .. key) end
    board[#board + 1] = redis.call('ZCARD', list)
    board[#board + 1] = oldest
  end
  boards[#boards + 1] = board
end
return boards
