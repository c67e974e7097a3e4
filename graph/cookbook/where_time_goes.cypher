// Where does our time go?
//
// Touchpoints and hours of each of ours with each account; a touchpoint takes its minutes, else what its kind
// takes. One with people of several accounts counts in full for each.
//
// $since         date            the first day that counts
// $account       text = null     only this account
// $ours          text = null     only this person of ours
// $as_of         date = today    the last day that counts
// $kind_hours    map = policy    hours by kind of touchpoint
MATCH (our:Person)-[job:EMPLOYED_BY]->(:Supplier) WHERE $ours IS NULL OR our.id = $ours
MATCH (our)-[:ATTENDED]->(t:Touchpoint)
WHERE t.on >= date($since) AND t.on <= date($as_of)
  AND coalesce(job.since <= t.on, true) AND coalesce(job.until > t.on, true)
MATCH (t)<-[:ATTENDED]-(:Person)-[post:EMPLOYED_BY]->(account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account)
  AND coalesce(post.since <= t.on, true) AND coalesce(post.until > t.on, true)
WITH DISTINCT our, account, t
RETURN account.id AS account, account.name AS account_name, our.id AS ours, our.name AS our_name,
  count(t) AS touchpoints, sum(coalesce(t.minutes / 60.0, $kind_hours[t.kind], 0.0)) AS hours
ORDER BY hours DESC, account, ours
