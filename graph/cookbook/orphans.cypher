// What hangs on nothing?
//
// People who are employed nowhere, and what has lost the person or organisation it belongs to.
//
// $subject  text = null  only this one
CALL {
  MATCH (p:Person) WHERE NOT EXISTS { (p)-[:EMPLOYED_BY]->(:Organisation) }
  RETURN p.id AS subject, coalesce(p.name, p.id) + ' is employed nowhere' AS what
UNION ALL
  MATCH (x:Assessment) WHERE NOT EXISTS { (x)-[:ASSESSES]->(:Person) }
  RETURN x.id AS subject, 'The assessment ' + x.id + ' is of nobody' AS what
UNION ALL
  MATCH (f:FormerValue) WHERE NOT EXISTS { (f)-[:FORMER_OF]->(:Person) }
  RETURN f.id AS subject, 'The former value ' + f.id + ' is of nobody' AS what
UNION ALL
  MATCH (t:Touchpoint) WHERE NOT EXISTS { (:Person)-[:ATTENDED]->(t) }
  RETURN t.id AS subject, 'Nobody attended the ' + coalesce(t.kind, 'touchpoint') + ' ' + t.id AS what
UNION ALL
  MATCH (f:Function) WHERE NOT EXISTS { (f)-[:FUNCTION_OF]->(:Organisation) }
  RETURN f.id AS subject, 'The function ' + coalesce(f.name, f.id) + ' belongs to no organisation' AS what
UNION ALL
  MATCH (team:AccountTeam) WHERE NOT EXISTS { (team)-[:OF_ACCOUNT]->(:Organisation) }
  RETURN team.id AS subject, 'The team ' + coalesce(team.name, team.id) + ' has no account' AS what
UNION ALL
  MATCH (report:GapReport) WHERE NOT EXISTS { (report)-[:OF_ACCOUNT]->(:Organisation) }
  RETURN report.id AS subject, 'The gap report ' + report.id + ' has no account' AS what
UNION ALL
  MATCH (action:Action)
  WHERE NOT EXISTS { (action)-[:OF_ACCOUNT]->(:Organisation) }
    OR NOT EXISTS { (action)-[:OWNED_BY]->(:Person) } OR NOT EXISTS { (action)-[:TARGETS]->(:Person) }
  RETURN action.id AS subject,
    'The action ' + action.id + ' lacks ' + CASE
      WHEN NOT EXISTS { (action)-[:OF_ACCOUNT]->(:Organisation) } THEN 'its account'
      WHEN NOT EXISTS { (action)-[:OWNED_BY]->(:Person) } THEN 'who does it'
      ELSE 'whom it is for' END AS what
}
WITH subject, what WHERE $subject IS NULL OR subject = $subject
RETURN 'orphan' AS kind, subject, what + '.' AS message
ORDER BY subject, message
