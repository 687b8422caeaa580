-- uses: op presence ballot
-- Reads what a vote is checked with, and notes where the person is.
-- ARGV: op or '', ballot, by which name its votes know the person, user, here, whether
-- here is 'private' or 'open' or ''.
-- Returns {now, place, flat record of the ballot, of its team, title, before,
-- vote as JSON, status}, or {} without such a ballot: place as in begin.lua; where this
-- operation voted already, whether the person had before that, '1' or '0', the vote that
-- is stored by now or '', and 'overtaken' where it came behind a later act or ''; else
-- '', '' and ''.

local op, name, voter, user, here, kind = unpack(ARGV)
local key = named_ballot(name)
local team = string.match(key, '^[^-]+')
local ballot = redis.call('HGETALL', W .. 'ballot:' .. name)
if #ballot == 0 then return {} end

note_presence(user, here, kind)
note_kind(team, record(redis.call('HGETALL', W .. 'team:' .. team)), here, kind)
local flat = redis.call('HGETALL', W .. 'team:' .. team)
local stored = record(flat)
local done, vote = replay(op, 'vote ' .. name) or {}, ''
if done[1] then vote = redis.call('HGET', W .. 'votes:' .. name, voter) or '' end
return {
  int(clock()), place_in(stored.channel or '', stored.private == '1', user, here, kind), ballot, flat,
  redis.call('HGET', W .. 'idea:' .. key, 'title') or '', done[1] or '', vote, done[2] or '',
}
