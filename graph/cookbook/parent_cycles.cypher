// Which organisations own themselves, over others?
//
// One line for each circle, from its smallest id round to it again.
//
// $subject  text = null  only this one
MATCH (one:Organisation)-[:PARENT_OF]->(unit:Organisation)
WHERE one <> unit AND ($subject IS NULL OR one.id = $subject)
WITH DISTINCT one, unit
MATCH way = shortestPath((unit)-[:PARENT_OF*]->(one))
WITH one, way WHERE all(other IN nodes(way) WHERE one.id <= other.id)
ORDER BY length(way)
WITH one, collect(way)[0] AS way
RETURN 'cycle' AS kind, one.id AS subject,
  reduce(
    text = 'Ownership goes round: ' + coalesce(one.name, one.id),
    other IN nodes(way) | text + ' → ' + coalesce(other.name, other.id)
  ) + '.' AS message
ORDER BY subject
