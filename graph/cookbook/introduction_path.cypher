// What is the shortest way to be introduced to somebody?
//
// From one of ours over threads, reporting lines and influence lines, in either direction, through people in
// post. A direct thread is a way of one step.
//
// $person      text             whom to be introduced to
// $ours        text = null      starting from this person of ours only
// $as_of       date = today     people in post on this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (target:Person {id: $person})
MATCH (our:Person)-[job:EMPLOYED_BY]->(:Supplier)
WHERE ($ours IS NULL OR our.id = $ours) AND our <> target
  AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true)
WITH DISTINCT our, target
MATCH way = shortestPath((our)-[:ENGAGES|REPORTS_TO|INFLUENCES*..6]-(target))
WHERE all(line IN relationships(way) WHERE type(line) <> 'ENGAGES' OR line.strength >= $thread_min)
  AND all(one IN nodes(way) WHERE EXISTS { (one)-[post:EMPLOYED_BY]->(:Organisation)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true) })
RETURN our.id AS ours, our.name AS our_name, length(way) AS steps, [one IN nodes(way) | one.name] AS way,
  [line IN relationships(way) | type(line)] AS lines
ORDER BY steps, ours
LIMIT 10
