// Which ties have nobody at one end?
//
// A tie joins one of ours to one of theirs; here one end is employed nowhere, or on the wrong side.
//
// $subject  text = null  only this one
MATCH (our)-[tie:ENGAGES]->(their) WHERE our <> their
WITH our, their, our.id + '→' + their.id AS subject,
  CASE
    WHEN NOT EXISTS { (our)-[:EMPLOYED_BY]->(:Organisation) } THEN [our, ' is employed nowhere']
    WHEN NOT EXISTS { (their)-[:EMPLOYED_BY]->(:Organisation) } THEN [their, ' is employed nowhere']
    WHEN EXISTS { (:Supplier) } AND NOT EXISTS { (our)-[:EMPLOYED_BY]->(:Supplier) }
      THEN [our, ' is nobody of ours']
    WHEN NOT EXISTS { (their)-[:EMPLOYED_BY]->(o:Organisation) WHERE NOT o:Supplier }
      THEN [their, ' is nobody of theirs']
  END AS fault
WHERE fault IS NOT NULL AND ($subject IS NULL OR subject = $subject)
RETURN DISTINCT 'nobody' AS kind, subject,
  'The tie of ' + coalesce(our.name, our.id) + ' to ' + coalesce(their.name, their.id)
    + ' has nobody at one end: ' + coalesce(fault[0].name, fault[0].id) + fault[1] + '.' AS message
ORDER BY subject
