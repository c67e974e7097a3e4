// Who is new at an account and knows nobody of ours?
//
// They joined within the last days, from elsewhere or from nowhere that we know; the first to call has them.
//
// $account     text = null      only this account
// $as_of       date = today     people in post on this day
// $within      integer = 180    days since they joined
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (p:Person)-[post:EMPLOYED_BY]->(account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account) AND NOT coalesce(p.placeholder, false)
  AND post.since <= date($as_of) AND post.since > date($as_of) - duration({days: $within})
  AND coalesce(post.until > date($as_of), true)
  // Another post at the same account right before makes nobody new.
  AND NOT EXISTS { (p)-[before:EMPLOYED_BY]->(account)
    WHERE coalesce(before.since < post.since, true) AND coalesce(before.until >= post.since, true) }
  AND NOT EXISTS { (our:Person)-[tie:ENGAGES]->(p)
    WHERE tie.strength >= $thread_min AND EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
      WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) } }
RETURN DISTINCT p.id AS person, p.name AS name, p.title AS title, p.level AS level, account.id AS account,
  account.name AS account_name, post.since AS since,
  COLLECT { MATCH (p)-[past:EMPLOYED_BY]->(o:Organisation) WHERE o <> account AND past.until <= date($as_of)
            RETURN o.name ORDER BY past.until DESC, o.id LIMIT 1 }[0] AS came_from
ORDER BY since DESC, account, person
