-- uses: op presence
-- Reads what an answer to a round is checked with, and notes where the person is.
-- ARGV: op, round, by which name its answers know the person, user, here, whether
-- here is 'private' or 'open' or ''.
-- Returns {now, place, flat record of the round, of its team, before, answer as
-- JSON}, or {} without such a round: place as in begin.lua; where this operation
-- answered already, whether the person had before that, '1' or '0', and the answer
-- that is stored by now or ''; else '' and ''.

local op, name, who, user, here, kind = unpack(ARGV)
local team = string.match(name, '^[^:]+')
local round = redis.call('HGETALL', W .. 'round:' .. name)
if #round == 0 then return {} end

note_presence(user, here, kind)
note_kind(team, record(redis.call('HGETALL', W .. 'team:' .. team)), here, kind)
local flat = redis.call('HGETALL', W .. 'team:' .. team)
local stored = record(flat)
local before, answer = replay(op, 'answer ' .. name), ''
if before then answer = redis.call('HGET', W .. 'answers:' .. name, who) or '' end
return {
  int(clock()), place_in(stored.channel or '', stored.private == '1', user, here, kind), round, flat,
  before and before[1] or '', answer,
}
