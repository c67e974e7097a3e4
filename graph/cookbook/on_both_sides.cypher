// Who is of ours and of theirs at once?
//
// In post at a supplier and at an account that it serves: a mistake, or two people under one id.
//
// $subject  text = null   only this person
// $as_of    date = today  people in post on this day
MATCH (us:Supplier)<-[here:EMPLOYED_BY]-(p:Person)-[there:EMPLOYED_BY]->(o:Organisation)
WHERE NOT o:Supplier AND ($subject IS NULL OR p.id = $subject)
  AND coalesce(here.since <= date($as_of), true) AND coalesce(here.until > date($as_of), true)
  AND coalesce(there.since <= date($as_of), true) AND coalesce(there.until > date($as_of), true)
RETURN DISTINCT 'both_sides' AS kind, p.id AS subject,
  coalesce(p.name, p.id) + ' is in post at ' + coalesce(us.name, us.id) + ' and at ' + coalesce(o.name, o.id)
    + '.' AS message
ORDER BY subject, message
