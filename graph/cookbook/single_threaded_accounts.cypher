// Which accounts hang on one person, of ours or of theirs?
//
// All threads of the account end at that person: connectivity 1, a Diabolo. Threads to opponents and to seats
// with an unknown holder do not count.
//
// $as_of               date = today     people in post and assessments of this day
// $thread_min          number = policy  a tie from this strength on is a thread
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (account:KeyAccount|Distributor|EndCustomer)
WITH account, [(s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(account) | s.id] AS serving
MATCH (our:Person)-[tie:ENGAGES]->(p:Person)-[post:EMPLOYED_BY]->(account)
WHERE tie.strength >= $thread_min AND NOT coalesce(p.placeholder, false)
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
    WHERE (serving = [] OR s.id IN serving)
      AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH account, our, p,
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN keys($orientation_values)
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation
WHERE coalesce($orientation_values[orientation], 0.0) >= $opponent_below
WITH account, collect(DISTINCT our) AS ours, collect(DISTINCT p) AS theirs
WHERE size(ours) = 1 OR size(theirs) = 1
UNWIND CASE WHEN size(ours) = 1 THEN ours ELSE [] END + CASE WHEN size(theirs) = 1 THEN theirs ELSE [] END
  AS person
RETURN account.id AS account, account.name AS account_name, person.id AS person, person.name AS name,
  CASE WHEN person IN ours THEN 'ours' ELSE 'theirs' END AS side,
  size(ours) AS ours, size(theirs) AS theirs
ORDER BY account, side
