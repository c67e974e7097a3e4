// Whose scores are due to be looked at again?
//
// A score is due on its expiry, or a while after it was last confirmed; `actual` counts the days since. Who
// was never assessed is not stale.
//
// $account      text             the account's id
// $as_of        date = today     people in post and assessments of this day
// $person       text = null      only this stakeholder
// $stale_after  number = policy  days after which a score without an expiry is stale
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND ($person IS NULL OR p.id = $person)
WITH DISTINCT p
OPTIONAL MATCH (x:Assessment)-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
WITH p, x ORDER BY x.on DESC, x.id DESC
WITH p, x.attribute AS attribute, collect(x)[0] AS newest
WITH p, min(newest.expires_on) AS expires_on, max(newest.on) AS assessed_on
WITH p, expires_on,
  CASE WHEN assessed_on IS NULL OR p.verified_on > assessed_on THEN p.verified_on ELSE assessed_on END
    AS verified_on
WITH p, verified_on, coalesce(expires_on, verified_on + duration({days: toInteger($stale_after)})) AS due_on
WHERE due_on < date($as_of)
RETURN p.id AS subject, p.name AS name, duration.inDays(due_on, date($as_of)).days AS actual, 0 AS target,
  verified_on, due_on
ORDER BY due_on, subject
