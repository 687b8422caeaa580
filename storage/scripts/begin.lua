-- uses: op idea presence node sheet
-- Reads what one interaction needs, claims its operation, and notes where the
-- person is.
-- ARGV: op, token of this call, channel, team, idea (or # and its number), user, draft slot, here,
-- whether here is 'private' or 'open'; '1' for the dossier, number of a run, how
-- many outcomes, pieces of evidence, events and people who asked again, number of
-- a ballot or -1 for the newest; 'all' nodes of the team or the 'chain' of those that
-- are meant; a node (or # and its letter and number), how many of its check-ins and
-- events; '' for none or unknown; then eight values for each want of sheets, see
-- sheets_from.
-- Returns {first, owns, team, idea, now, draft, place, summaries, templates,
-- load, run, outcomes, evidence, events, asked, ballot, newest, nodes, node, sheets}: first and owns are 1 or 0,
-- team, idea, load, run and ballots flat records ({} for none), draft as stored or '',
-- summaries {number, JSON, ...}, templates {id, 'version JSON', ...}, outcomes flat
-- records, newest first, evidence {pieces on the idea, JSON, ...} and events
-- JSON, oldest first, asked {'parking user', JSON, ...}, the latest first; newest is
-- the newest ballot, of the dossier; nodes and node as in nodes.lua and node.lua, sheets as
-- in sheets.lua; place is
-- '' unless the person is, or was within the last hour, in the team's channel
-- (in the channel asked for where it is no team's), and then 'private',
-- 'open' or 'unknown'.
-- Promises: first is 1 for one call of an operation, also when that call is
-- repeated with its token. A team is private when its channel was last seen to
-- be.

local op, token, channel, team, idea, user, slot, here, kind, dossier, run, outcomes, evidence, events, asked, ballot, nodes, node, checkins, node_events = unpack(ARGV, 1, 20)

local first = 1
if op ~= '' then
  if redis.call('HSETNX', W .. 'op:' .. op, 'begun', token) == 1 then
    redis.call('EXPIRE', W .. 'op:' .. op, 86400)
  elseif redis.call('HGET', W .. 'op:' .. op, 'begun') ~= token then
    first = 0
  end
end

note_presence(user, here, kind)

local idea_record, team_record = {}, {}
if string.sub(idea, 1, 1) == '#' then
  local own = team
  if own == '' and channel ~= '' then own = redis.call('HGET', W .. 'channels', channel) or '' end
  idea = own .. '-' .. string.sub(idea, 2)
end
if idea ~= '' then
  idea_record = redis.call('HGETALL', W .. 'idea:' .. idea)
  if #idea_record > 0 then team = string.match(idea, '^[^-]+') end
end
if string.sub(node, 1, 1) == '#' then
  local own = team
  if own == '' and channel ~= '' then own = redis.call('HGET', W .. 'channels', channel) or '' end
  node = own ~= '' and own .. '-' .. string.sub(node, 2) or ''
end
local whole = {}
if node ~= '' then
  whole = whole_node(node, checkins, node_events)
  if #whole > 0 and #idea_record == 0 then team = named_node(node) end
end
if team == '' and channel ~= '' then
  team = redis.call('HGET', W .. 'channels', channel) or ''
end

local where, private = channel, false
if team ~= '' then
  local name = W .. 'team:' .. team
  team_record = redis.call('HGETALL', name)
  local stored = record(team_record)
  where = stored.channel or ''
  if note_kind(team, stored, here, kind) then team_record = redis.call('HGETALL', name) end
  private = record(team_record).private == '1'
end

local owns, draft = 0, ''
if user ~= '' then
  owns = redis.call('EXISTS', W .. 'owns:' .. user)
  if slot ~= '' then draft = redis.call('HGET', W .. 'drafts:' .. user, slot) or '' end
end

local summaries, templates, load, run_record, outcome_records, pieces, lines, people = {}, {}, {}, {}, {}, {}, {}, {}
local ballot_record, newest = {}, {}
if dossier ~= '' and team ~= '' then
  templates, load = redis.call('HGETALL', W .. 'templates:' .. team), load_of(team)
end
if outcomes ~= '' and team ~= '' then
  for _, key in ipairs(redis.call('ZREVRANGE', W .. 'outcomes:' .. team, 0, tonumber(outcomes) - 1)) do
    outcome_records[#outcome_records + 1] = redis.call('HGETALL', W .. 'outcome:' .. key)
  end
end
if #idea_record > 0 then
  local function ballot_of(id)
    if id == '-1' then id = record(idea_record).ballots end
    return id and redis.call('HGETALL', W .. 'ballot:' .. idea .. ':' .. id) or {}
  end
  if ballot ~= '' then ballot_record = ballot_of(ballot) end
  if dossier ~= '' then
    summaries = redis.call('HGETALL', W .. 'runs:' .. idea)
    newest = ballot == '-1' and ballot_record or ballot_of('-1')
  end
  if run ~= '' then run_record = redis.call('HGETALL', W .. 'run:' .. idea .. ':' .. run) end
  if evidence ~= '' then
    pieces = redis.call('LRANGE', W .. 'evidence:' .. idea, -tonumber(evidence), -1)
    table.insert(pieces, 1, redis.call('LLEN', W .. 'evidence:' .. idea))
  end
  if events ~= '' then lines = redis.call('LRANGE', W .. 'history:' .. idea, -tonumber(events), -1) end
  if asked ~= '' then
    for _, who in ipairs(redis.call('ZREVRANGE', W .. 'asked_at:' .. idea, 0, tonumber(asked) - 1)) do
      people[#people + 1] = who
      people[#people + 1] = redis.call('HGET', W .. 'asked:' .. idea, who)
    end
  end
end
local node_records = {}
if nodes == 'all' and team ~= '' then
  for _, key in ipairs(nodes_of(team)) do node_records[#node_records + 1] = node_flat(key) end
elseif nodes == 'chain' then
  local keys = {}
  for key in string.gmatch(record(idea_record).outcomes or '', '[^,]+') do keys[#keys + 1] = key end
  if node ~= '' then keys[#keys + 1] = node end
  node_records = chain(keys)
end
return {first, owns, team_record, idea_record, int(clock()), draft, place_in(where, private, user, here, kind),
  summaries, templates, load, run_record, outcome_records, pieces, lines, people, ballot_record, newest, node_records, whole,
  sheets_from(21, team, user)}
