// Which decision makers and evaluators meet nobody near their own level?
//
// Levels run from 1 (board) to 5 (staff). `actual` is how many levels below the stakeholder the nearest of
// our people with a thread stands. Only where all levels are known.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $person              text = null      only this stakeholder
// $thread_min          number = policy  a tie from this strength on is a thread
// $level_reach         number = policy  levels below that still match
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
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN keys($orientation_values)
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(:Organisation {id: $account})
            RETURN s.id } AS serving
WHERE role IN ['decision_maker', 'evaluator'] AND p.level IS NOT NULL
  AND coalesce($orientation_values[orientation], 0.0) >= $opponent_below
WITH p,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE tie.strength >= $thread_min
      AND EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
        WHERE (serving = [] OR s.id IN serving)
          AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    RETURN our.level
  } AS levels
WHERE levels <> [] AND all(level IN levels WHERE level IS NOT NULL)
UNWIND levels AS level
WITH p, min(level - p.level) AS below
WHERE below > $level_reach
RETURN p.id AS subject, p.name AS name, below AS actual, $level_reach AS target, p.level AS level
ORDER BY below DESC, subject
