-- uses: op draft
-- Keeps a draft for 24 hours and drops the person's older ones.
-- ARGV: user, slot, ms when it was typed or '' for now, form or '', draft as
-- JSON, '1' to keep it only where there is none.
-- Returns {'stored'}.
-- Promises: what was typed later in the same form stays, whichever report of
-- it comes first; a form that is done with leaves no draft behind.

if ARGV[6] == '1' and read_draft(ARGV[1], ARGV[2]) then return {'stored'} end
keep_draft(ARGV[1], ARGV[2], tonumber(ARGV[3]) or clock(), ARGV[4], ARGV[5])
return {'stored'}
