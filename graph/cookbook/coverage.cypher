// Which stakeholders are covered below their target?
//
// Coverage is 1 - (1 - s1)(1 - s2)... over the strengths of our ties to a stakeholder. The target goes by
// role and grows with influence. Opponents and seats with an unknown holder have none.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $person              text = null      only this stakeholder
// $role_targets        map = policy     target coverage by role, `unknown` among them
// $role_influence      map = policy     influence assumed by role
// $level_influence     map = policy     influence assumed by level
// $influence_default   number = policy  influence assumed where neither is known
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
  AND ($person IS NULL OR p.id = $person)
  AND NOT coalesce(p.placeholder, false)
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
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(:Organisation {id: $account})
            RETURN s.id } AS serving
WHERE coalesce($orientation_values[orientation], 0.0) >= $opponent_below
WITH p, role,
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
WITH p, influence,
  1.0 - reduce(missing = 1.0, s IN strengths | missing * (1.0 - s)) AS covered,
  $role_targets[coalesce(role, 'unknown')] * (0.5 + influence / 2.0) AS target
WHERE covered < target
RETURN p.id AS subject, p.name AS name, covered AS actual, target, influence
ORDER BY influence * (target - covered) / target DESC, subject
