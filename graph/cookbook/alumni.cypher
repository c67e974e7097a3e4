// Who changed employer, and who of ours knows them?
//
// People who left one organisation and are in post at another: whoever knows them has a way in there, and a
// voice about where they were.
//
// $account  text = null   only those who left or joined this account
// $since    date = "0001-01-01"  left on this day or later
// $as_of    date = today  people in post on this day
MATCH (was:Organisation)<-[past:EMPLOYED_BY]-(p:Person)-[post:EMPLOYED_BY]->(now:Organisation)
WHERE was <> now AND NOT coalesce(p.placeholder, false)
  AND past.until >= date($since) AND past.until <= date($as_of)
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND ($account IS NULL OR $account IN [was.id, now.id])
  AND NOT EXISTS { (p)-[still:EMPLOYED_BY]->(was) WHERE coalesce(still.until > date($as_of), true) }
WITH p, was, now, max(past.until) AS left_on
RETURN p.id AS person, p.name AS name, was.id AS was, was.name AS was_name, now.id AS now,
  now.name AS now_name, left_on,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
      WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    WITH our, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS strength
    RETURN our.name ORDER BY strength DESC, our.id
  } AS known_by
ORDER BY left_on DESC, person, was, now
