-- uses: op draft
-- Forgets a draft.
-- ARGV: user, slot, form or ''.
-- Returns {'stored'}.
-- Promises: late reports from that form do not bring it back.

drop_draft(ARGV[1], ARGV[2], ARGV[3])
return {'stored'}
