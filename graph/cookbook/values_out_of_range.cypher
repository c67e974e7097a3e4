// Which values lie outside of what they can be?
//
// Strengths and shares from 0 to 1, proximity from 0 to 5, levels from 1 to 5, the words for roles and
// orientations, and days that are dates. A number or a day that is written as text counts, too; the measures
// leave such a value out.
//
// $subject       text = null  only this one
// $roles         list = ["decision_maker","evaluator","influencer","user"]  what a role can be
// $orientations  list = ["ally","neutral","against","unknown"]              what an orientation can be
CALL {
  MATCH (our:Person)-[tie:ENGAGES]->(p:Person)
  UNWIND [['strength', tie.strength, 1], ['stated strength', tie.given_strength, 1],
          ['desired strength', tie.desired, 5]] AS said
  RETURN our.id + '→' + p.id AS subject, said[1] AS value, 0 AS low, said[2] AS high,
    'The ' + said[0] + ' of the tie of ' + coalesce(our.name, our.id) + ' to '
      + coalesce(p.name, p.id) AS what
UNION ALL
  MATCH (x:Assessment)-[:ASSESSES]->(p:Person) WHERE x.attribute IN ['influence', 'proximity']
  RETURN x.id AS subject, x.value AS value, 0 AS low,
    CASE x.attribute WHEN 'influence' THEN 1 ELSE 5 END AS high,
    'The ' + x.attribute + ' of ' + coalesce(p.name, p.id) AS what
UNION ALL
  MATCH (p:Person)
  UNWIND [['level', p.level, 1, 5], ['time for key accounts', p.time_capacity, 0, 744]] AS said
  RETURN p.id AS subject, said[1] AS value, said[2] AS low, said[3] AS high,
    'The ' + said[0] + ' of ' + coalesce(p.name, p.id) AS what
UNION ALL
  MATCH (t:Touchpoint)
  RETURN t.id AS subject, t.minutes AS value, 0 AS low, 1e300 AS high,
    'The minutes of the touchpoint ' + t.id AS what
UNION ALL
  MATCH (p:Person)-[line:INFLUENCES]->(other:Person)
  UNWIND [['weight', line.weight, 0, 1e300], ['sign', line.sign, -1, 1]] AS said
  RETURN p.id + '→' + other.id AS subject, said[1] AS value, said[2] AS low, said[3] AS high,
    'The ' + said[0] + ' of the influence of ' + coalesce(p.name, p.id) + ' on '
      + coalesce(other.name, other.id) AS what
UNION ALL
  MATCH (p:Person)-[member:MEMBER_OF]->(team:AccountTeam)
  RETURN p.id AS subject, member.share_of_time AS value, 0 AS low, 1 AS high,
    'The share of time of ' + coalesce(p.name, p.id) + ' for ' + coalesce(team.name, team.id) AS what
UNION ALL
  MATCH (d:Distributor)-[line:CARRIES]->(brand:Brand)
  UNWIND [['share of mind', line.share_of_mind, 0], ['margin', line.margin, -1]] AS said
  RETURN d.id + '→' + brand.id AS subject, said[1] AS value, said[2] AS low, 1 AS high,
    'The ' + said[0] + ' of ' + coalesce(brand.name, brand.id) + ' at ' + coalesce(d.name, d.id) AS what
UNION ALL
  MATCH (one:Organisation)-[line:SUPPLIES|DISTRIBUTES_THROUGH|SELLS_TO|SELLS_DIRECT_TO]->(other:Organisation)
  UNWIND [['revenue', line.revenue, 0, 1e300], ['margin', line.margin, -1, 1],
          ['transparency', line.transparency, 0, 1], ['volume', line.volume, 0, 1e300]] AS said
  RETURN one.id + '→' + other.id AS subject, said[1] AS value, said[2] AS low, said[3] AS high,
    'The ' + said[0] + ' between ' + coalesce(one.name, one.id) + ' and ' + coalesce(other.name, other.id)
      AS what
}
WITH subject, what, value, CASE WHEN high < 1e300 THEN toString(low) + ' to ' + toString(high)
  ELSE 'at least ' + toString(low) END AS allowed
WHERE value IS NOT NULL AND NOT coalesce(value >= low AND value <= high, false)
  AND ($subject IS NULL OR subject = $subject)
WITH subject, what, value, allowed
RETURN DISTINCT 'range' AS kind, subject,
  what + ' is ' + CASE WHEN value IS :: STRING THEN '"' + value + '"'
    ELSE coalesce(toStringOrNull(value), 'no number') END
    + '; it can be ' + allowed + '.' AS message
ORDER BY subject, message
UNION ALL
MATCH (x:Assessment)-[:ASSESSES]->(p:Person)
WHERE x.attribute = 'role' AND NOT x.value IN $roles
  OR x.attribute = 'orientation' AND NOT x.value IN $orientations
WITH x, p WHERE $subject IS NULL OR x.id = $subject
RETURN 'range' AS kind, x.id AS subject,
  'The ' + x.attribute + ' of ' + coalesce(p.name, p.id) + ' is '
    + coalesce(toStringOrNull(x.value), 'no word') + ', which is none that we know.' AS message
ORDER BY subject, message
UNION ALL
CALL {
  MATCH (p:Person)-[post:EMPLOYED_BY]->(place)
  UNWIND [['joining', post.since], ['leaving', post.until]] AS said
  RETURN p.id AS subject, said[1] AS day,
    coalesce(p.name, p.id) + ': the day of ' + said[0] + ' ' + coalesce(place.name, place.id) AS what
UNION ALL
  MATCH (our:Person)-[tie:ENGAGES]->(p:Person)
  UNWIND [['statement', tie.given_on], ['last contact', tie.last_on]] AS said
  RETURN our.id + '→' + p.id AS subject, said[1] AS day,
    'The tie of ' + coalesce(our.name, our.id) + ' to ' + coalesce(p.name, p.id) + ': the day of the '
      + said[0] AS what
UNION ALL
  MATCH (t:Touchpoint) RETURN t.id AS subject, t.on AS day, 'The day of the touchpoint ' + t.id AS what
UNION ALL
  MATCH (x:Assessment) RETURN x.id AS subject, x.on AS day, 'The day of the assessment ' + x.id AS what
}
WITH subject, day, what
WHERE day IS NOT NULL AND NOT (day IS :: DATE) AND ($subject IS NULL OR subject = $subject)
RETURN DISTINCT 'range' AS kind, subject,
  what + ' is ' + coalesce(toStringOrNull(day), 'no day') + ', which is no date.' AS message
ORDER BY subject, message
