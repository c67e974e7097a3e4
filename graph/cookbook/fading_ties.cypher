// Which threads will be none any more if nobody meets?
//
// Today's strength carried on without contact, by the rule of fading: a month's half-life runs from that of
// the weakest tie to that of the strongest.
//
// $account      text = null      only this account
// $as_of        date = today     people in post on this day
// $days         integer = 90     how far to look ahead
// $thread_min   number = policy  a tie from this strength on is a thread
// $decay_scale  number = policy  multiplies the rate at which ties fade
// $half_weak    number = policy  half-life of the weakest tie, in months
// $half_strong  number = policy  half-life of the strongest tie, in months
// $step_days    number = policy  days of a month
MATCH (our:Person)-[tie:ENGAGES]->(p:Person)-[post:EMPLOYED_BY]->(account:KeyAccount|Distributor|EndCustomer)
WHERE ($account IS NULL OR account.id = $account) AND tie.strength >= $thread_min
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
    WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH our, p, account, max(tie.strength) AS strength,
  max(coalesce(tie.contacted_on, tie.last_on)) AS last_contact
WITH our, p, account, strength, last_contact,
  reduce(s = strength, month IN range(1, toInteger(round($days / $step_days))) |
    s * exp(-$decay_scale * log(2.0) / ($half_weak * ($half_strong / $half_weak) ^ s))) AS then
WHERE then < $thread_min
RETURN account.id AS account, account.name AS account_name, our.id AS ours, our.name AS our_name,
  p.id AS stakeholder, p.name AS name, strength, then, last_contact
ORDER BY strength, account, ours, stakeholder
