-- uses: op acted presence ballot draft outbox
-- Stores, replaces or withdraws a vote.
-- ARGV: op, ballot, version of the ballot, of its team, '1' where that is private
-- or '', by which name the votes know the person, vote as JSON or '' to withdraw
-- it, user or '' where that is nobody's business, here, whether here is 'private'
-- or 'open' or '', slot and form of the person's draft to drop or '', the
-- message that is seen to show the ballot as "channel ts" or '', when they acted as
-- in acted.lua, then nine values per outbox entry.
-- Returns {'done', title, before, vote as JSON or '', status, first}: whether the person
-- had voted before, '1' or '0', what is stored now, 'overtaken' where a later act of
-- theirs stands or '', and whether this call was the first of the operation; or
-- {'stale'}.
-- Promises: nothing is written when ballot or team are not as they were said to
-- be, the ballot is closed or its time is over, and no vote where a later act of the
-- person stands; an operation's result holds no choice.

local op, name, version, team_version, private = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local voter, vote, user, here, kind, slot, form = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local key = named_ballot(name)
local ballot, votes, step = W .. 'ballot:' .. name, W .. 'votes:' .. name, 'vote ' .. name

local function answer(before, status, first)
  return {
    'done', redis.call('HGET', W .. 'idea:' .. key, 'title') or '', before,
    redis.call('HGET', votes, voter) or '', status, first,
  }
end

note_presence(user, here, kind)
local now = redis.call('HMGET', ballot, 'version', 'closed', 'deadline')
if now[2] and user == '' then return {'stale'} end -- nothing is left that tells what the operation did
local done = replay(op, step)
if done then return answer(done[1], done[2] or '', '0') end

local team = string.match(key, '^[^-]+')
local held = redis.call('HMGET', W .. 'team:' .. team, 'version', 'private', 'channel')
local seen = note_kind(team, {private = held[2], channel = held[3]}, here, kind)
if seen or held[1] ~= team_version or (held[2] or '') ~= private then return {'stale'} end
if now[1] ~= version or now[2] or clock() >= tonumber(now[3]) then return {'stale'} end

local before = redis.call('HEXISTS', votes, voter) == 1 and '1' or '0'
if overtaken('votes:' .. name, voter, ARGV[14]) then
  remember(op, step, {before, 'overtaken'})
  return answer(before, 'overtaken', '1')
end
if vote ~= '' then
  redis.call('HSET', votes, voter, vote)
else
  redis.call('HDEL', votes, voter)
end
drop_draft(user, slot, form)
if ARGV[13] ~= '' then redis.call('HSETNX', ballot, 'message', ARGV[13]) end
if vote ~= '' or before == '1' then
  redis.call('HINCRBY', ballot, 'polls', 1)
  enqueue_all(15)
end
remember(op, step, {before})
return answer(before, '', '1')
