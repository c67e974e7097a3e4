// Which relationships stand there twice?
//
// The same relationship between the same two: two posts at one employer on the same day, two ties, two lines.
// The measures count each once. Sales of several brands to one customer are several.
//
// $subject  text = null   only this one
// $as_of    date = today  people in post on this day
MATCH (one)-[line:EMPLOYED_BY|WORKS_IN|ENGAGES|REPORTS_TO|INFLUENCES|ATTENDED|MEMBER_OF|ASSESSES|SUPPLIES
  |DISTRIBUTES_THROUGH|CARRIES|PARENT_OF|OF_ACCOUNT|OWNED_BY|TARGETS]->(other)
WHERE one <> other AND (NOT type(line) IN ['EMPLOYED_BY', 'WORKS_IN']
  OR coalesce(line.since <= date($as_of), true) AND coalesce(line.until > date($as_of), true))
WITH one, other, type(line) AS type, count(*) AS times
WHERE times > 1
WITH one, other, type, times, one.id + '→' + other.id AS subject
WHERE $subject IS NULL OR subject = $subject
RETURN 'doubled' AS kind, subject,
  coalesce(one.name, one.id) + ' and ' + coalesce(other.name, other.id) + ' are joined by ' + type + ' '
    + toString(times) + ' times.' AS message
ORDER BY subject, message
