-- uses: nudge
-- Library: ballots. A ballot is named by its idea and number, 'PAY-14:2'.

-- What a ballot's name says: idea and number.
local function named_ballot(name)
  return string.match(name, '^([^:]+):(%d+)$')
end

-- Puts a running ballot among those that each of its electorate is asked in.
local function ask_all(name, ballot)
  for user in string.gmatch(ballot.electorate or '', '[^,]+') do
    redis.call('ZADD', W .. 'polls:' .. user, ballot.deadline, name)
    wake('@' .. user)
  end
end

local function ask_nobody(name, ballot)
  for user in string.gmatch(ballot.electorate or '', '[^,]+') do
    redis.call('ZREM', W .. 'polls:' .. user, name)
  end
end

-- {now, title, flat record, votes {voter, JSON, ...}} of a ballot.
local function polled(name)
  local key = named_ballot(name)
  return {
    int(clock()), redis.call('HGET', W .. 'idea:' .. key, 'title') or '',
    redis.call('HGETALL', W .. 'ballot:' .. name), redis.call('HGETALL', W .. 'votes:' .. name),
  }
end
