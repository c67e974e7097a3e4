// Which imported rows could not be used?
//
// They stay until a later import of the same file, or of a row about the same thing, mends them.
//
// $subject  text = null  only this one
MATCH (f:ImportFinding)
WITH f, coalesce(f.file, 'an import') + coalesce(', row ' + toString(f.row), '') AS subject
WHERE $subject IS NULL OR subject = $subject
RETURN f.kind AS kind, subject,
  subject + coalesce(', column ' + f.column, '') + CASE
    WHEN f.kind = 'nobody' AND coalesce(f.value, '') = ''
      THEN ' is empty, so nothing says whom or what the row is about.'
    WHEN f.kind = 'nobody' THEN ' names ' + f.value + ', which nothing describes.'
    WHEN f.kind = 'self' THEN ' refers to itself (' + coalesce(f.value, '') + ').'
    WHEN f.kind = 'future' THEN ' is dated ' + coalesce(f.value, 'later') + ', in the future.'
    WHEN f.kind = 'cycle' THEN ' closes a cycle of managers or of parents (' + coalesce(f.value, '') + ').'
    WHEN f.kind = 'malformed' AND coalesce(f.value, '') = '' THEN ' is empty or cannot be read.'
    WHEN f.kind = 'malformed' AND f.column IS NULL
      THEN ' has more cells than its header (' + f.value + ').'
    WHEN f.kind = 'malformed' THEN ' holds ' + f.value + ', which cannot be used there.'
    ELSE ' could not be used (' + coalesce(f.value, '') + ').' END AS message
ORDER BY f.file, f.row, f.column, f.value
