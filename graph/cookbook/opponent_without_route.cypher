// Which opponents can nobody reach for us?
//
// A route goes from a thread of ours to somebody who is not against, and from there over positive influence
// lines to the opponent. `actual` counts the people from whom a route starts.
//
// $account             text             the account's id
// $as_of               date = today     people in post and assessments of this day
// $person              text = null      only this stakeholder
// $thread_min          number = policy  a tie from this strength on is a thread
// $route_steps         number = policy  longest chain of positive influence lines
// $role_influence      map = policy     influence assumed by role
// $level_influence     map = policy     influence assumed by level
// $influence_default   number = policy  influence assumed where neither is known
// $orientation_values  map = policy     orientations as numbers
// $opponent_below      number = policy  an orientation below this is against
MATCH (p:Person)-[post:EMPLOYED_BY]->(:Organisation {id: $account})
WHERE coalesce(post.since <= date($as_of), true) AND coalesce(post.until > date($as_of), true)
WITH DISTINCT p,
  COLLECT { MATCH (x:Assessment {attribute: 'influence'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value >= 0 AND x.value <= 1
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS assessed,
  COLLECT { MATCH (x:Assessment {attribute: 'orientation'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN keys($orientation_values)
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS orientation,
  COLLECT { MATCH (x:Assessment {attribute: 'role'})-[:ASSESSES]->(p) WHERE x.on <= date($as_of)
              AND x.value IN ['decision_maker', 'evaluator', 'influencer', 'user']
            RETURN x.value ORDER BY x.on DESC, x.id DESC LIMIT 1 }[0] AS role,
  // Who serves the account; where nothing says so, every supplier does.
  COLLECT { MATCH (s:Supplier)-[:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_DIRECT_TO]->(:Organisation {id: $account})
            RETURN s.id } AS serving
WITH p,
  coalesce(assessed, $role_influence[role], $level_influence[toString(p.level)], $influence_default)
    AS influence,
  coalesce($orientation_values[orientation], 0.0) AS attitude,
  COLLECT {
    MATCH (our:Person)-[tie:ENGAGES]->(p)
    WHERE tie.strength >= $thread_min
      AND EXISTS { (our)-[job:EMPLOYED_BY]->(s:Supplier)
        WHERE (serving = [] OR s.id IN serving)
          AND coalesce(job.since <= date($as_of), true) AND coalesce(job.until > date($as_of), true) }
    RETURN {name: our.name, strength: tie.strength} ORDER BY tie.strength DESC, our.id
  } AS threads
// Everybody of the account at once: who is against, and whom we could ask to go to them.
WITH collect({person: p, influence: influence, attitude: attitude}) AS people,
  collect(CASE WHEN attitude >= $opponent_below AND NOT coalesce(p.placeholder, false) AND threads <> []
          THEN {person: p, thread: threads[0]} END) AS friends
WITH friends, [one IN people WHERE one.attitude < $opponent_below] AS opponents,
  [one IN people | one.person] AS everybody
UNWIND opponents AS opponent
WITH opponent, friends, everybody WHERE $person IS NULL OR opponent.person.id = $person
WITH opponent, COLLECT {
    UNWIND friends AS friend
    WITH friend, friend.person AS source, opponent.person AS target
    MATCH way = shortestPath((source)-[:INFLUENCES*]->(target))
    WHERE all(line IN relationships(way) WHERE coalesce(line.sign, 1) > 0)
      AND all(one IN nodes(way) WHERE one IN everybody)
    WITH friend, way WHERE length(way) <= $route_steps
    RETURN [friend.thread.name] + [one IN nodes(way) | one.name]
    ORDER BY length(way), friend.thread.strength DESC, friend.person.id
  } AS routes
WHERE routes = []
RETURN opponent.person.id AS subject, opponent.person.name AS name, size(routes) AS actual, 1 AS target,
  opponent.influence AS influence
ORDER BY influence DESC, subject
