-- uses: op
-- Reads what one interaction needs and claims its operation.
-- ARGV: op, token of this call, channel, team, idea, user, form; '' for none.
-- Returns {first, owns, team, idea, now, draft}: first and owns are 1 or 0,
-- team and idea flat records ({} for none), draft as stored or ''.
-- Promises: first is 1 for one call of an operation, also when that call is
-- repeated with its token.

local op, token, channel, team, idea, user, form = unpack(ARGV)

local first = 1
if op ~= '' then
  if redis.call('HSETNX', W .. 'op:' .. op, 'begun', token) == 1 then
    redis.call('EXPIRE', W .. 'op:' .. op, 86400)
  elseif redis.call('HGET', W .. 'op:' .. op, 'begun') ~= token then
    first = 0
  end
end

local idea_record, team_record = {}, {}
if idea ~= '' then
  idea_record = redis.call('HGETALL', W .. 'idea:' .. idea)
  if #idea_record > 0 then team = string.match(idea, '^[^-]+') end
end
if team == '' and channel ~= '' then
  team = redis.call('HGET', W .. 'channels', channel) or ''
end
if team ~= '' then team_record = redis.call('HGETALL', W .. 'team:' .. team) end

local owns, draft = 0, ''
if user ~= '' then
  owns = redis.call('EXISTS', W .. 'owns:' .. user)
  if form ~= '' then draft = redis.call('HGET', W .. 'drafts:' .. user, form) or '' end
end
return {first, owns, team_record, idea_record, int(clock()), draft}
