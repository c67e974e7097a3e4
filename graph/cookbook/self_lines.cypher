// Who is tied to themselves?
//
// A person who reports to, influences or meets themselves, an organisation that is its own parent.
//
// $subject  text = null  only this one
MATCH (one)-[line:REPORTS_TO|INFLUENCES|ENGAGES|PARENT_OF]->(one)
WHERE $subject IS NULL OR one.id = $subject
WITH one, type(line) AS type, count(*) AS times
RETURN 'self' AS kind, one.id AS subject,
  coalesce(one.name, one.id) + CASE type
    WHEN 'REPORTS_TO' THEN ' reports to themselves.'
    WHEN 'INFLUENCES' THEN ' influences themselves.'
    WHEN 'ENGAGES' THEN ' has a tie to themselves.'
    ELSE ' is its own parent.' END AS message
ORDER BY subject, message
