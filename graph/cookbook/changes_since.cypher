// What has changed since a day?
//
// Who joined and left, whom we met, and what we think of people, newest first. A meeting or an opinion counts
// for where somebody was on that day; of who was nowhere then, for wherever we know them from.
//
// $since    date          the first day that counts
// $account  text = null   only this account
// $as_of    date = today  the last day that counts
CALL {
  MATCH (p:Person)-[post:EMPLOYED_BY]->(o:Organisation) WHERE post.since >= date($since)
  RETURN post.since AS day, 'joined' AS what, p AS person, o AS organisation, p.title AS detail
UNION ALL
  MATCH (p:Person)-[post:EMPLOYED_BY]->(o:Organisation) WHERE post.until >= date($since)
  RETURN post.until AS day, 'left' AS what, p AS person, o AS organisation, p.title AS detail
UNION ALL
  MATCH (t:Touchpoint) WHERE t.on >= date($since)
  MATCH (p:Person)-[:ATTENDED]->(t) MATCH (p)-[post:EMPLOYED_BY]->(o:Organisation)
  WHERE coalesce(post.since <= t.on, true) AND coalesce(post.until > t.on, true)
    OR NOT EXISTS { (p)-[any:EMPLOYED_BY]->(:Organisation)
      WHERE coalesce(any.since <= t.on, true) AND coalesce(any.until > t.on, true) }
  RETURN t.on AS day, 'met' AS what, p AS person, o AS organisation, t.kind AS detail
UNION ALL
  MATCH (x:Assessment) WHERE x.on >= date($since)
  MATCH (x)-[:ASSESSES]->(p:Person)-[post:EMPLOYED_BY]->(o:Organisation)
  WHERE coalesce(post.since <= x.on, true) AND coalesce(post.until > x.on, true)
    OR NOT EXISTS { (p)-[any:EMPLOYED_BY]->(:Organisation)
      WHERE coalesce(any.since <= x.on, true) AND coalesce(any.until > x.on, true) }
  RETURN x.on AS day, 'assessed' AS what, p AS person, o AS organisation,
    x.attribute + ': ' + toString(x.value) AS detail
}
WITH day, what, person, organisation, detail
WHERE day <= date($as_of) AND ($account IS NULL OR organisation.id = $account)
RETURN DISTINCT day, what, person.id AS person, person.name AS name, organisation.id AS organisation, detail
ORDER BY day DESC, what, person, detail
