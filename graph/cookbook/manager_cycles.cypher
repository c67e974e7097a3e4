// Who is, over others, their own manager?
//
// One line for each circle of reporting lines, from its smallest id round to it again.
//
// $subject  text = null  only this one
MATCH (one:Person)-[:REPORTS_TO]->(manager:Person)
WHERE one <> manager AND ($subject IS NULL OR one.id = $subject)
WITH DISTINCT one, manager
MATCH way = shortestPath((manager)-[:REPORTS_TO*]->(one))
WITH one, way WHERE all(other IN nodes(way) WHERE one.id <= other.id)
ORDER BY length(way)
WITH one, collect(way)[0] AS way
RETURN 'cycle' AS kind, one.id AS subject,
  reduce(
    text = 'Reporting lines go round: ' + coalesce(one.name, one.id),
    other IN nodes(way) | text + ' → ' + coalesce(other.name, other.id)
  ) + '.' AS message
ORDER BY subject
