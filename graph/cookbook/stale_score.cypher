// Whose scores are due to be looked at again?
//
// The newest score is due on its expiry, else a while after it was confirmed; `actual` counts the days since.
// Who was never assessed is not stale. Values that cannot be say nothing.
//
// $account      text             the account's id
// $as_of        date = today     people in post and assessments of this day
// $person       text = null      only this stakeholder
// $stale_after  number = policy  days after which a score without an expiry is stale
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND ($person IS NULL OR p.id = $person)
WITH DISTINCT p
OPTIONAL MATCH (x:Assessment)-[:ASSESSES]->(p) WHERE x.on <= date($as_of) AND CASE x.attribute
    WHEN 'role' THEN x.value IN ['decision_maker', 'evaluator', 'influencer', 'user']
    WHEN 'orientation' THEN x.value IN ['ally', 'neutral', 'against', 'unknown']
    WHEN 'influence' THEN x.value >= 0 AND x.value <= 1
    WHEN 'proximity' THEN x.value >= 0 AND x.value <= 5
    ELSE x.value >= 0 END
WITH p, x ORDER BY x.on DESC, x.id DESC
WITH p, x.attribute AS attribute, collect(x)[0] AS newest
WITH p, collect(newest) AS newest, max(newest.on) AS assessed_on,
  CASE WHEN p.verified_on <= date($as_of) THEN p.verified_on END AS confirmed_on
// Of what was said on the newest day, the first to expire; a confirmation after it has no expiry.
WITH p, coalesce(confirmed_on > assessed_on, assessed_on IS NULL) AS confirmed, assessed_on, confirmed_on,
  reduce(first = null, day IN [one IN newest WHERE one.on = assessed_on | one.expires_on] |
    CASE WHEN first IS NULL OR day < first THEN day ELSE first END) AS expires_on
WITH p, CASE WHEN confirmed THEN confirmed_on ELSE assessed_on END AS verified_on,
  CASE WHEN confirmed THEN null ELSE expires_on END AS expires_on
WITH p, verified_on, coalesce(expires_on, verified_on + duration({days: toInteger($stale_after)})) AS due_on
WHERE due_on < date($as_of)
RETURN p.id AS subject, p.name AS name, duration.inDays(due_on, date($as_of)).days AS actual, 0 AS target,
  verified_on, due_on
ORDER BY due_on, subject
