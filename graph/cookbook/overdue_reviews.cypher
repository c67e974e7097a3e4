// With which accounts is a review overdue?
//
// The last touchpoint of kind review with somebody of theirs is too long ago, or there was none.
//
// $account  text = null    only this account
// $as_of    date = today   the day of the question
// $every    integer = 92   days from one review to the next
MATCH (account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account)
  AND (EXISTS { (account)<-[:EMPLOYED_BY]-(:Person) }
    OR EXISTS { (account)<-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]-(:Supplier) })
OPTIONAL MATCH (account)<-[post:EMPLOYED_BY]-(:Person)-[:ATTENDED]->(t:Touchpoint {kind: 'review'})
WHERE t.on <= date($as_of) AND coalesce(post.since <= t.on, true) AND coalesce(post.until > t.on, true)
WITH DISTINCT account, max(t.on) AS last
WITH account, last, last + duration({days: $every}) AS due_on
WHERE last IS NULL OR due_on < date($as_of)
RETURN account.id AS account, account.name AS name, last AS last_review, due_on,
  duration.inDays(due_on, date($as_of)).days AS days
ORDER BY coalesce(due_on, date('0001-01-01')), account
