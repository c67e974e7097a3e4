// Who is, over others, their own manager?
//
// One line for each circle of reporting lines, from its smallest id round to it again.
//
// $subject  text = null  only this one
// $among    list = null  only these: the check has found by then who is in a circle
MATCH (one:Person)-[:REPORTS_TO]->(manager:Person)
// From the smallest id of a circle and over larger ones only: else a chain of thousands, which is none, would
// be walked to its end from every link.
WHERE one.id < manager.id AND ($subject IS NULL OR one.id = $subject)
  AND ($among IS NULL OR one.id IN $among)
  AND any(id IN [(one)<-[:REPORTS_TO]-(report) | report.id] WHERE id > one.id)
WITH DISTINCT one, manager
MATCH way = shortestPath((manager)-[:REPORTS_TO*]->(one))
WHERE all(other IN nodes(way) WHERE one.id <= other.id)
WITH one, way
ORDER BY length(way)
WITH one, collect(way)[0] AS way
RETURN 'cycle' AS kind, one.id AS subject,
  reduce(
    text = 'Reporting lines go round: ' + coalesce(one.name, one.id),
    other IN nodes(way) | text + ' → ' + coalesce(other.name, other.id)
  ) + '.' AS message
ORDER BY subject
