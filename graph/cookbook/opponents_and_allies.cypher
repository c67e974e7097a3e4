// Which allies could reach an opponent, and through whom?
//
// Along positive influence lines, at most as many as the policy's `route_steps`; `strength` is our strongest
// tie to the ally.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $route_steps         number = policy  longest chain of positive influence lines
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH DISTINCT p,
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN keys($orientation_values)
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation
WITH collect({person: p, orientation: orientation}) AS people
WITH [one IN people | one.person] AS everybody,
  [one IN people WHERE one.orientation = 'ally' | one.person] AS allies,
  [one IN people WHERE coalesce($orientation_values[one.orientation], 0.0) < $opponent_below | one.person]
    AS opponents
UNWIND opponents AS opponent
UNWIND allies AS ally
MATCH way = shortestPath((ally)-[:INFLUENCES*]->(opponent))
WHERE all(line IN relationships(way) WHERE coalesce(line.sign, 1) > 0)
  AND all(one IN nodes(way) WHERE one IN everybody)
WITH opponent, ally, way WHERE length(way) <= $route_steps
RETURN opponent.id AS opponent, opponent.name AS opponent_name, ally.id AS ally, ally.name AS ally_name,
  length(way) AS steps, [one IN nodes(way) | one.name] AS way,
  reduce(most = 0.0, tie IN [(ally)<-[tie:ENGAGES]-(:Person) | coalesce(toFloatOrNull(tie.strength), 0.0)]
    | CASE WHEN tie > most THEN tie ELSE most END) AS strength
ORDER BY opponent, steps, strength DESC, ally
