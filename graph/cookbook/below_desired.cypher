// Which ties are weaker than we want them?
//
// The desired strength is given from 0 to 5; `actual` and `target` are strengths from 0 to 1.
//
// $account  text          the account's id
// $as_of    date = today  people in post and assessments of this day
// $person   text = null   only this stakeholder
// $ours     text = null   only ties of this person of ours
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND ($person IS NULL OR p.id = $person)
WITH DISTINCT p,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(:Organisation {id: $account})
            RETURN s.id } AS serving
MATCH (our:Person)-[tie:ENGAGES]->(p)
WHERE ($ours IS NULL OR our.id = $ours)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
    WHERE (serving = [] OR s.id IN serving)
      AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH p, our, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS actual,
  max(toFloatOrNull(tie.desired)) / 5.0 AS target
WHERE actual < target
RETURN p.id AS subject, p.name AS name, actual, target, our.id AS ours, our.name AS our_name
ORDER BY target - actual DESC, subject, ours
