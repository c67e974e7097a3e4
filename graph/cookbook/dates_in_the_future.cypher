// Which dates lie in the future that cannot?
//
// Contacts and assessments happen before they are written down; somebody may well join or leave later.
//
// $subject  text = null   only this one
// $as_of    date = today  the day after which a date is in the future
CALL {
  MATCH (t:Touchpoint) WHERE t.on > date($as_of)
  RETURN t.id AS subject, 'The ' + coalesce(t.kind, 'touchpoint') + ' ' + t.id AS what, t.on AS day
UNION
  MATCH (x:Assessment) WHERE x.on > date($as_of)
  OPTIONAL MATCH (x)-[:ASSESSES]->(p:Person)
  WITH x, head(collect(p)) AS p
  RETURN x.id AS subject, 'The ' + x.attribute + coalesce(' of ' + p.name, '') AS what, x.on AS day
UNION
  MATCH (p:Person) WHERE p.verified_on > date($as_of)
  RETURN p.id AS subject, 'The verification of ' + coalesce(p.name, p.id) AS what, p.verified_on AS day
UNION
  MATCH (action:Action) WHERE action.done_on > date($as_of)
  RETURN action.id AS subject, 'The completion of the action ' + action.id AS what, action.done_on AS day
UNION
  MATCH (our:Person)-[tie:ENGAGES]->(p:Person)
  UNWIND [tie.last_on, tie.given_on] AS day
  WITH our, p, day WHERE day > date($as_of)
  RETURN our.id + '→' + p.id AS subject,
    'The tie of ' + coalesce(our.name, our.id) + ' to ' + coalesce(p.name, p.id) AS what, max(day) AS day
}
WITH subject, what, day WHERE $subject IS NULL OR subject = $subject
RETURN 'future' AS kind, subject, what + ' is dated ' + toString(day) + ', in the future.' AS message
ORDER BY subject, message
