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
WITH DISTINCT account, t, EXISTS { (first)-[:EMPLOYED_BY]->(account) } AS they,
  EXISTS { (first)-[:EMPLOYED_BY]->(:Supplier) } AS we
WITH account, sum(CASE WHEN they THEN 1 ELSE 0 END) AS theirs,
  sum(CASE WHEN we AND NOT they THEN 1 ELSE 0 END) AS ours
WHERE ours + theirs > 0
RETURN account.id AS account, account.name AS name, ours, theirs, 1.0 * theirs / (ours + theirs) AS share
ORDER BY share, account
