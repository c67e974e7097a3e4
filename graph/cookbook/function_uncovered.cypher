// Which functions of the account do we hardly reach?
//
// The coverage of a function row is the influence-weighted mean over its people; opponents and seats with an
// unknown holder count as not covered. A row in which nobody is known, or everybody is against, is left out.
// People without a function form the row Unknown.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $row                 text = null      only this function row
// $row_uncovered       number = policy  a row below this coverage is uncovered
// $function_rows       map = policy     function kinds and their rows
// $role_influence      map = policy     influence assumed by role
// $level_influence     map = policy     influence assumed by level
// $influence_default   number = policy  influence assumed where neither is known
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH DISTINCT p,
  COLLECT { MATCH (x:Assessment {attribute: 'role'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN ['decision_maker', 'evaluator', 'influencer', 'user']
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS role,
  COLLECT { MATCH (x:Assessment {attribute: 'influence'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value >= 0 AND x.value <= 1
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS assessed,
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN keys($orientation_values)
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation,
  COLLECT { MATCH (p)-[w:WORKS_IN]->(f:Function {organisation: $account})
            WHERE coalesce(w.since <= date($as_of), true) AND coalesce(w.until > date($as_of), true)
            RETURN f.kind
            ORDER BY coalesce(w.since, date('0001-01-01')) DESC, f.kind LIMIT 1 }[0] AS function,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(:Organisation {id: $account})
            RETURN s.id } AS serving
WITH p, coalesce($orientation_values[orientation], 0.0) < $opponent_below AS against,
  coalesce($function_rows[function], function, 'Unknown') AS row,
  coalesce(assessed, $role_influence[role], $level_influence[toString(p.level)], $influence_default)
    AS influence,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
        WHERE (serving = [] OR s.id IN serving)
          AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    WITH our, max(coalesce(toFloatOrNull(tie.strength), 0.0)) AS strength
    RETURN strength
  } AS strengths
WITH row, influence, against,
  coalesce(p.placeholder, false) AS unknown,
  1.0 - reduce(missing = 1.0, s IN strengths | missing * (1.0 - s)) AS covered
WITH row,
  sum(CASE WHEN against OR unknown THEN 0.0 ELSE influence * covered END) AS reached,
  sum(influence) AS total, max(influence) AS largest,
  count(CASE WHEN NOT unknown THEN 1 END) AS known,
  count(CASE WHEN NOT unknown AND NOT against THEN 1 END) AS open
WHERE ($row IS NULL OR row = $row) AND open > 0
WITH row, known, largest, CASE WHEN total > 0 THEN reached / total ELSE 0.0 END AS coverage
WHERE coverage < $row_uncovered
RETURN row AS subject, row AS name, coverage AS actual, $row_uncovered AS target, known AS people
ORDER BY largest * (1.0 - coverage) DESC, subject
