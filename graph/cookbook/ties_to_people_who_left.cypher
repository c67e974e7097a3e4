// Which ties lead to people who left?
//
// Nobody knows where they went: they are in post nowhere. A tie stays as history; it is reported where it
// still counts as a thread, where a file states it, or where a contact is dated after they left.
//
// $subject     text = null      only this one
// $as_of       date = today     people in post on this day
// $thread_min  number = policy  a tie from this strength on is a thread
MATCH (our:Person)-[tie:ENGAGES]->(p:Person)
WHERE our <> p
  AND EXISTS { (p)-[post:EMPLOYED_BY]->(:Organisation) WHERE post.until <= date($as_of) }
  AND NOT EXISTS { (p)-[post:EMPLOYED_BY]->(:Organisation)
    WHERE coalesce(post.until > date($as_of), true) }
WITH our, p, tie, our.id + '→' + p.id AS subject,
  COLLECT { MATCH (p)-[post:EMPLOYED_BY]->(o:Organisation)
            RETURN {day: post.until, name: coalesce(o.name, o.id)} ORDER BY post.until DESC, o.id LIMIT 1 }[0]
    AS gone
WHERE ($subject IS NULL OR subject = $subject)
  AND (tie.strength >= $thread_min OR tie.given_strength IS NOT NULL
    OR coalesce(tie.contacted_on, tie.last_on) >= gone.day)
WITH our, p, subject, gone, max(coalesce(tie.contacted_on, tie.last_on)) AS last
RETURN 'left' AS kind, subject,
  'The tie of ' + coalesce(our.name, our.id) + ' leads to ' + coalesce(p.name, p.id) + ', who left '
    + gone.name + ' on ' + toString(gone.day)
    + CASE WHEN last > gone.day THEN ', yet was met on ' + toString(last) ELSE '' END + '.' AS message
ORDER BY subject
