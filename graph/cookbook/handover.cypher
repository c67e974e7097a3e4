// What has to be handed over if one of ours leaves?
//
// Everybody with whom this person has a thread, and who else of ours has one: nobody else first.
//
// $ours        text             the person of ours
// $as_of       date = today     people in post on this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (our:Person {id: $ours})-[tie:ENGAGES]->(p:Person)-[post:EMPLOYED_BY]->(account:Organisation)
WHERE tie.strength >= $thread_min
  AND coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH our, p, account, max(tie.strength) AS strength,
  max(coalesce(tie.contacted_on, tie.last_on)) AS last_contact
WITH our, p, account, strength, last_contact,
  COLLECT {
    MATCH (other:Person)-[tie:ENGAGES]->(p)
    WHERE other <> our AND tie.strength >= $thread_min
      AND EXISTS { (other)-[job:EMPLOYED_BY]->(:Supplier)
        WHERE coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    WITH other, max(tie.strength) AS theirs
    RETURN other.name ORDER BY theirs DESC, other.id
  } AS others
RETURN account.id AS account, account.name AS account_name, p.id AS stakeholder, p.name AS name,
  p.title AS title, strength, last_contact, others
ORDER BY size(others), strength DESC, stakeholder
