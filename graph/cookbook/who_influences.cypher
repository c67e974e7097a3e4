// Through whom can somebody be influenced?
//
// People in post from whom positive influence lines reach this person, and our strongest tie to each.
//
// $person       text             whom to influence
// $as_of        date = today     people in post on this day
// $route_steps  number = policy  longest chain of positive influence lines
MATCH (target:Person {id: $person})
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation)
WHERE p <> target
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH DISTINCT p, target
MATCH way = shortestPath((p)-[:INFLUENCES*..6]->(target))
WHERE all(line IN relationships(way) WHERE coalesce(line.sign, 1) > 0)
  AND all(one IN nodes(way) WHERE EXISTS { (one)-[post:EMPLOYED_BY]->(:Organisation)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true) })
WITH p, way WHERE length(way) <= $route_steps
WITH p, length(way) AS steps, [one IN nodes(way) | one.name] AS way,
  reduce(weight = 1.0, line IN relationships(way) | weight * coalesce(line.weight, 1.0)) AS weight,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
      WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    RETURN {name: our.name, strength: coalesce(toFloatOrNull(tie.strength), 0.0)}
    ORDER BY tie.strength DESC, our.id LIMIT 1
  }[0] AS best
RETURN p.id AS person, p.name AS name, steps, way, weight, best.name AS known_by,
  coalesce(best.strength, 0.0) AS strength
ORDER BY steps, weight DESC, strength DESC, person
