-- uses: nudge
-- Library: rounds of questions. A round is named by its team and number, 'PAY:3'.

-- Puts a running round among those that each of those asked is asked in.
local function ask_round(name, round)
  for user in string.gmatch(round.to or '', '[^,]+') do
    redis.call('ZADD', W .. 'rounds:' .. user, round.deadline, name)
    wake('@' .. user)
  end
end

local function unask_round(name, round)
  for user in string.gmatch(round.to or '', '[^,]+') do
    redis.call('ZREM', W .. 'rounds:' .. user, name)
  end
end

-- {now, flat record, answers {who, JSON, ...}} of a round; with a status before
-- where one is given.
local function round_state(name, status)
  local state = {int(clock()), redis.call('HGETALL', W .. 'round:' .. name), redis.call('HGETALL', W .. 'answers:' .. name)}
  if status then table.insert(state, 1, status) end
  return state
end
