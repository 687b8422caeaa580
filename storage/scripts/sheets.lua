-- uses: op sheet
-- Reads sheets.
-- ARGV: eight values for each want, see sheets_from.
-- Returns for each {how many its list has, {'OWNER:N', flat record, what was said
-- {field, JSON, ...}}, ...}.

return sheets_from(1, '', '')
