// Is every known orientation of the account an ally?
//
// That is suspicious rather than good news: an honest map nearly always has neutral people and opponents.
// `actual` counts known orientations other than ally.
//
// $account                 text             the account's id
// $as_of                   date = today     people in post and assessments of this day
// $no_opponent_known_from  number = policy  known orientations from which none but allies is suspicious
MATCH (account:Organisation {id: $account})
WITH account, COLLECT {
    MATCH (p:Person)-[post:EMPLOYED_BY]->(account)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
    WITH DISTINCT p,
      COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
                  AND x.value IN ['ally', 'neutral', 'against', 'unknown']
                RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation
    RETURN orientation
  } AS orientations
WITH account, [one IN orientations WHERE one <> 'unknown'] AS known
WITH account, known, size([one IN known WHERE one <> 'ally']) AS others
WHERE size(known) >= $no_opponent_known_from AND others = 0
RETURN account.id AS subject, account.name AS name, others AS actual, 1 AS target, size(known) AS known
