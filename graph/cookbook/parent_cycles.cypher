// Which organisations own themselves, over others?
//
// One line for each circle, from its smallest id round to it again.
//
// $subject  text = null  only this one
// $among    list = null  only these: the check has found by then who is in a circle
MATCH (one:Organisation)-[:PARENT_OF]->(unit:Organisation)
// From the smallest id of a circle and over larger ones only: else a chain of thousands, which is none, would
// be walked to its end from every link.
WHERE one.id < unit.id AND ($subject IS NULL OR one.id = $subject)
  AND ($among IS NULL OR one.id IN $among)
  AND any(id IN [(one)<-[:PARENT_OF]-(parent) | parent.id] WHERE id > one.id)
WITH DISTINCT one, unit
MATCH way = shortestPath((unit)-[:PARENT_OF*]->(one))
WHERE all(other IN nodes(way) WHERE one.id <= other.id)
WITH one, way
ORDER BY length(way)
WITH one, collect(way)[0] AS way
RETURN 'cycle' AS kind, one.id AS subject,
  reduce(
    text = 'Ownership goes round: ' + coalesce(one.name, one.id),
    other IN nodes(way) | text + ' → ' + coalesce(other.name, other.id)
  ) + '.' AS message
ORDER BY subject
