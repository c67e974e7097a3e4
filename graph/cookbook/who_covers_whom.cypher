// Who covers whom in an account?
//
// Every tie of ours to people in post, the strongest first; a thread is a tie strong enough to count.
//
// $account     text             the account's id
// $as_of       date = today     people in post on this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (p:Person)-[post:EMPLOYED_BY]->(account:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
MATCH (our:Person)-[tie:ENGAGES]->(p)
WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(:Supplier)
  WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
WITH our, p, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS strength,
  max(coalesce(tie.contacted_on, tie.last_on)) AS last_contact
RETURN our.id AS ours, our.name AS our_name, p.id AS stakeholder, p.name AS name, p.title AS title,
  strength, strength >= $thread_min AS thread, last_contact
ORDER BY strength DESC, ours, stakeholder
