-- uses: op outbox
-- Adds entries to the outbox.
-- ARGV: nine values per entry.
-- Returns {'stored'}.
-- Promises: an id that is due stays one entry; one that is being sent is sent
-- again afterwards if it can be redrawn; one that is finished is left alone
-- unless it can be redrawn.

enqueue_all(1)
return {'stored'}
