// Which accounts have nobody of ours?
//
// Nobody is in post at the suppliers that serve the account, or at any supplier where nothing says who does.
//
// $subject  text = null   only this one
// $as_of    date = today  people in post on this day
MATCH (account:KeyAccount|Distributor|EndCustomer)
WHERE ($subject IS NULL OR account.id = $subject)
WITH account, [(s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(account) | s.id] AS serving
WHERE (serving <> [] OR EXISTS { (account)<-[:EMPLOYED_BY]-(:Person) }) AND NOT EXISTS {
  MATCH (:Person)-[job:EMPLOYED_BY]->(s:Supplier)
  WHERE s <> account AND (serving = [] OR s.id IN serving)
    AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true)
}
RETURN 'account_without_ours' AS kind, account.id AS subject,
  'Nobody of ours is known for ' + coalesce(account.name, account.id) + '.' AS message
ORDER BY subject
