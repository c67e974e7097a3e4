// Who seeks the contact, they or we?
//
// Touchpoints of each account by who asked for them, where the log says so; `share` is theirs. An account
// that never calls is one that would not miss us.
//
// $since    date = "0001-01-01"  the first day that counts
// $account  text = null          only this account
// $as_of    date = today         the last day that counts
MATCH (account:KeyAccount|Distributor|EndCustomer)<-[post:EMPLOYED_BY]-(:Person)-[:ATTENDED]->(t:Touchpoint)
WHERE ($account IS NULL OR account.id = $account) AND t.initiator IS NOT NULL
  AND t.on >= date($since) AND t.on <= date($as_of)
  AND coalesce(post.since <= t.on, true) AND coalesce(post.until > t.on, true)
WITH DISTINCT account, t
MATCH (first:Person)-[:ATTENDED]->(t) WHERE t.initiator IN [first.id, first.name, first.email]
WITH account, t,
  collect(EXISTS { (first)-[post:EMPLOYED_BY]->(account)
    WHERE coalesce(post.since <= t.on, true) AND coalesce(post.until > t.on, true) }) AS they,
  collect(EXISTS { (first)-[job:EMPLOYED_BY]->(:Supplier)
    WHERE coalesce(job.since <= t.on, true) AND coalesce(job.until > t.on, true) }) AS we
WITH account, sum(CASE WHEN true IN they THEN 1 ELSE 0 END) AS theirs,
  sum(CASE WHEN true IN we AND NOT true IN they THEN 1 ELSE 0 END) AS ours
WHERE ours + theirs > 0
RETURN account.id AS account, account.name AS name, ours, theirs, 1.0 * theirs / (ours + theirs) AS share
ORDER BY share, account
