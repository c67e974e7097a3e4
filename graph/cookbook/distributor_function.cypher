// Which functions of a distributor that sell our product on do we hardly reach?
//
// A distributor is reached where it buys long before it is reached where it sells. Coverage is the
// influence-weighted mean over a function's people; opponents and seats with an unknown holder count as not
// covered. A function of opponents only is left out, and so is one whose whole row is uncovered or empty.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $function            text = null      only this function
// $selling_functions   map = policy     functions that sell our product on, and their weights
// $row_uncovered       number = policy  a function or row below this coverage is uncovered
// $function_rows       map = policy     function kinds and their rows
// $row_weights         map = policy     expected rows and their weights
// $role_influence      map = policy     influence assumed by role
// $level_influence     map = policy     influence assumed by level
// $influence_default   number = policy  influence assumed where neither is known
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (account:Distributor {id: $account})
WITH account,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(account) RETURN s.id }
    AS serving
WITH COLLECT {
  MATCH (p:Person)-[post:EMPLOYED_BY]->(account)
  WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  WITH DISTINCT p, serving,
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
    COLLECT {
      MATCH (our:Person)-[tie:ENGAGES]->(p)
      WHERE EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
          WHERE (serving = [] OR s.id IN serving)
            AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
      RETURN coalesce(toFloatOrNull(tie.strength), 0.0)
    } AS strengths
  WITH function, coalesce(p.placeholder, false) AS unknown,
    coalesce($orientation_values[orientation], 0.0) < $opponent_below AS against,
    coalesce(assessed, $role_influence[role], $level_influence[toString(p.level)], $influence_default)
      AS influence,
    1.0 - reduce(missing = 1.0, s IN strengths | missing * (1.0 - s)) AS covered
  RETURN {
    function: function, row: coalesce($function_rows[function], function, 'Unknown'), influence: influence,
    known: NOT unknown, open: NOT unknown AND NOT against,
    reached: CASE WHEN unknown OR against THEN 0.0 ELSE influence * covered END
  }
} AS people
UNWIND [f IN keys($selling_functions)
        WHERE $selling_functions[f] > 0 AND ($function IS NULL OR f = $function)] AS function
WITH people, function, coalesce($function_rows[function], function) AS row,
  $selling_functions[function] / reduce(sum = 0.0, f IN keys($selling_functions) |
    sum + CASE WHEN $selling_functions[f] > 0 THEN $selling_functions[f] ELSE 0.0 END) AS weight
WITH people, function, row, weight,
  [p IN people WHERE p.function = function] AS here, [p IN people WHERE p.row = row] AS around
WITH function, row, weight, here, around,
  reduce(sum = 0.0, p IN here | sum + p.influence) AS influence,
  reduce(sum = 0.0, p IN here | sum + p.reached) AS reached,
  reduce(sum = 0.0, p IN people | sum + p.influence) AS everybody,
  reduce(sum = 0.0, p IN around | sum + p.influence) AS row_influence,
  reduce(sum = 0.0, p IN around | sum + p.reached) AS row_reached
WITH function, row, here, around, size([p IN here WHERE p.known]) AS people,
  CASE WHEN influence > 0 THEN reached / influence ELSE 0.0 END AS coverage,
  CASE WHEN row_influence > 0 THEN row_reached / row_influence ELSE 0.0 END AS row_coverage,
  CASE WHEN here = [] THEN weight WHEN everybody > 0 THEN influence / everybody ELSE 0.0 END AS share
WHERE (here = [] AND (around <> [] OR coalesce($row_weights[row], 0.0) <= 0))
  OR (any(p IN here WHERE p.open) AND row_coverage >= $row_uncovered AND coverage < $row_uncovered)
RETURN function AS subject, function AS name, coverage AS actual, $row_uncovered AS target, people,
  share * (1.0 - coverage) AS share
ORDER BY share DESC, subject
