// Which posts end before they begin?
//
// The day of leaving lies before the first day, so that nobody was ever there.
//
// $subject  text = null  only this one
MATCH (p:Person)-[post:EMPLOYED_BY|WORKS_IN]->(place) WHERE post.until < post.since
WITH p, post, place
WHERE $subject IS NULL OR p.id = $subject
RETURN DISTINCT 'backwards' AS kind, p.id AS subject,
  coalesce(p.name, p.id) + ' left ' + coalesce(place.name, place.id) + ' on ' + toString(post.until)
    + ', before joining on ' + toString(post.since) + '.' AS message
ORDER BY subject, message
