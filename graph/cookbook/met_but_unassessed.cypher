// Whom do we meet without knowing what part they play?
//
// People with touchpoints or a thread whose role nobody has written down; the most met first.
//
// $account     text = null      only this account
// $as_of       date = today     people in post and assessments of this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (our:Person)-[tie:ENGAGES]->(p:Person)-[post:EMPLOYED_BY]->(account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account)
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
    WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
  AND NOT EXISTS { (x:Assessment {attribute: 'role'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
    AND x.value IN ['decision_maker', 'evaluator', 'influencer', 'user'] }
WITH account, p, our, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS one ORDER BY one DESC, our.id
WITH account, p, max(one) AS strength, collect(our.name) AS known_by,
  COUNT { MATCH (p)-[:ATTENDED]->(t:Touchpoint) WHERE t.on <= date($as_of) RETURN DISTINCT t } AS touchpoints
WHERE touchpoints > 0 OR strength >= $thread_min
RETURN p.id AS person, p.name AS name, p.title AS title, account.id AS account, touchpoints, strength,
  known_by
ORDER BY touchpoints DESC, strength DESC, person
