// Which relationships stand there twice?
//
// The same relationship between the same two: two posts at one employer on the same day, two ties, two lines.
// The measures count each once.
//
// $subject  text = null   only this one
// $as_of    date = today  people in post on this day
MATCH (one)-[line:EMPLOYED_BY|ENGAGES|REPORTS_TO|ATTENDED|MEMBER_OF|ASSESSES|SUPPLIES]->(other)
WHERE one <> other AND (type(line) <> 'EMPLOYED_BY'
  OR coalesce(line.since <= date($as_of), true) AND coalesce(line.until > date($as_of), true))
WITH one, other, type(line) AS type, count(*) AS times
WHERE times > 1
WITH one, other, type, times, one.id + '→' + other.id AS subject
WHERE $subject IS NULL OR subject = $subject
RETURN 'doubled' AS kind, subject,
  coalesce(one.name, one.id) + ' and ' + coalesce(other.name, other.id) + ' are joined by ' + type + ' '
    + toString(times) + ' times.' AS message
ORDER BY subject, message
