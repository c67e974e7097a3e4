// Which imported rows could not be used?
//
// They stay until a later import of the same file, or of a row about the same thing, mends them.
//
// $subject  text = null  only this one
MATCH (f:ImportFinding)
WITH f, coalesce(f.file, 'an import') + coalesce(', row ' + toString(f.row), '') AS subject
WHERE $subject IS NULL OR subject = $subject
RETURN f.kind AS kind, subject,
  subject + coalesce(', column ' + f.column, '') + CASE f.kind
    WHEN 'nobody' THEN ' names ' + coalesce(f.value, 'somebody') + ', whom nothing describes.'
    WHEN 'self' THEN ' refers to itself (' + coalesce(f.value, '') + ').'
    WHEN 'future' THEN ' is dated ' + coalesce(f.value, 'later') + ', in the future.'
    WHEN 'cycle' THEN ' makes reporting lines go round (' + coalesce(f.value, '') + ').'
    ELSE ' could not be used (' + coalesce(f.value, '') + ').' END AS message
ORDER BY f.file, f.row, f.column, f.value
