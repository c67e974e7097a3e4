// With whom have we lost contact?
//
// Ties between people in post whose last contact, as stated or from the touchpoints, is too long ago.
//
// $account      text = null      only this account
// $as_of        date = today     people in post on this day
// $quiet_after  number = policy  days without contact that count as quiet
MATCH (our:Person)-[tie:ENGAGES]->(p:Person)-[post:EMPLOYED_BY]->(account:Organisation)
WHERE ($account IS NULL OR account.id = $account)
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
    WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH our, p, account, max(coalesce(tie.contacted_on, tie.last_on)) AS last_contact,
  max(tie.strength) AS strength
WITH our, p, account, last_contact, strength, duration.inDays(last_contact, date($as_of)).days AS days
WHERE days > $quiet_after
RETURN p.id AS stakeholder, p.name AS name, our.id AS ours, our.name AS our_name, account.id AS account,
  last_contact, days, strength
ORDER BY days DESC, stakeholder, ours
