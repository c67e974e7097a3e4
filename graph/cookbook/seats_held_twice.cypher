// Which seats have two holders at once?
//
// A seat is a title in a function of an organisation. At the two upper levels it is one person's; further
// down many may share a title, but not a named person and a seat whose holder is unknown. Titles that several
// hold by their nature are left out.
//
// $subject       text = null   only the seat of this person
// $as_of         date = today  people in post on this day
// $unique_up_to  integer = 2   titles of this level and above belong to one person each
// $shared list = ["member","managing","partner","owner","founder","vorst","geschäftsf","gérant"]  no seats
MATCH (p:Person)-[post:EMPLOYED_BY]->(o:Organisation)
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND trim(toStringOrNull(p.title)) <> ''
WITH DISTINCT p, o, toLower(trim(toStringOrNull(p.title))) AS title
WHERE none(part IN $shared WHERE title CONTAINS part)
WITH p, o, title,
  COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function {organisation: o.id})
            WHERE coalesce(w.since <= date($as_of), true) AND coalesce(w.until > date($as_of), true)
            RETURN f.kind ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }[0] AS function
WHERE function IS NOT NULL
WITH o, title, function, p ORDER BY p.id
WITH o, title, function, collect(p) AS holders, min(p.level) AS level
WHERE size(holders) > 1
  AND (level <= $unique_up_to
    OR any(p IN holders WHERE p.placeholder) AND any(p IN holders WHERE NOT coalesce(p.placeholder, false)))
WITH o, title, holders
WHERE $subject IS NULL OR holders[0].id = $subject
RETURN 'seat' AS kind, holders[0].id AS subject,
  'The seat ' + holders[0].title + ' of ' + coalesce(o.name, o.id) + ' has ' + toString(size(holders))
    + ' holders: ' + reduce(text = '', p IN holders | text + CASE text WHEN '' THEN '' ELSE ', ' END
    + coalesce(p.name, p.id)) + '.' AS message
ORDER BY subject, message
