// Which seats and functions of the account have nobody we know?
//
// A seat is a person whose name is not known yet; a function row is reported where not even a seat is.
// `weight` is the seat's influence, or the weight that the policy expects of the row.
//
// $account            text             the account's id
// $as_of              date = today     people in post and assessments of this day
// $seat               text = null      only this seat or function row
// $function_rows      map = policy     function kinds and their rows
// $row_weights        map = policy     expected rows and their weights
// $role_influence     map = policy     influence assumed by role
// $level_influence    map = policy     influence assumed by level
// $influence_default  number = policy  influence assumed where neither is known
MATCH (account:Organisation {id: $account})
WITH account,
  COLLECT {
    MATCH (p:Person {placeholder: true})-[post:EMPLOYED_BY]->(account)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
    WITH DISTINCT p,
      COLLECT { MATCH (x:Assessment {attribute: 'role'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
                  AND x.value IN ['decision_maker', 'evaluator', 'influencer', 'user']
                RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS role,
      COLLECT { MATCH (x:Assessment {attribute: 'influence'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
                  AND x.value >= 0 AND x.value <= 1
                RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS assessed
    RETURN {
      subject: p.id, name: p.name,
      weight: coalesce(
        assessed, $role_influence[role], $level_influence[toString(p.level)], $influence_default)
    }
  } AS seats,
  COLLECT {
    MATCH (p:Person)-[post:EMPLOYED_BY]->(account)
    WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
    WITH DISTINCT p,
      COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function {organisation: $account})
                WHERE coalesce(w.since <= date($as_of), true) AND coalesce(w.until > date($as_of), true)
                RETURN f.kind
                ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }[0] AS function
    RETURN coalesce($function_rows[function], function, 'Unknown')
  } AS seated
UNWIND seats + [row IN keys($row_weights) WHERE $row_weights[row] > 0 AND NOT row IN seated
                | {subject: row, name: row, weight: $row_weights[row]}] AS found
WITH found WHERE $seat IS NULL OR found.subject = $seat
RETURN found.subject AS subject, found.name AS name, 0 AS actual, 1 AS target, found.weight AS weight
ORDER BY weight DESC, subject
